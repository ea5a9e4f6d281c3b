"""One session's dialogue, without the wire: characters in, characters out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.emulator.commands import COMMANDS, find
from tests.emulator.configuration import Configuration, Node
from tests.emulator.grammar import Refused
from tests.emulator.machine import Kind, Machine

PAGE = 24
MORE = {"huawei": "  ---- More ----", "h3c": "---- More ----", "cisco": " --More-- "}
ERRORS = {
    "huawei": {
        "unknown": "Error: Unrecognized command found at '^' position.",
        "incomplete": "Error: Incomplete command found at '^' position.",
        "ambiguous": "Error: Ambiguous command found at '^' position.",
        "wrong": "Error: Wrong parameter found at '^' position.",
    },
    "h3c": {
        "unknown": " % Unrecognized command found at '^' position.",
        "incomplete": " % Incomplete command found at '^' position.",
        "ambiguous": " % Ambiguous command found at '^' position.",
        "wrong": " % Wrong parameter found at '^' position.",
    },
    "cisco": {
        "unknown": "% Invalid input detected at '^' marker.",
        "incomplete": "% Incomplete command.",
        "ambiguous": "% Ambiguous command:",
        "wrong": "% Invalid input detected at '^' marker.",
    },
}
SAYS = {"huawei": "Error: ", "h3c": " % ", "cisco": "% "}


@dataclass(slots=True)
class Session:
    machine: Machine
    write: Callable[[str], None]
    close: Callable[[], None]
    path: list[str] | None = None  # the lines that lead to the view; None in the user view
    enabled: bool = True
    paging: bool = True
    asked: Callable[[str], None] | None = None  # who takes the answer to a question
    rest: list[str] = field(default_factory=list)  # lines behind `More`
    typed: str = ""
    echo: bool = True
    dirty: bool = False  # this session has changed the candidate

    def begin(self) -> None:
        """What a device says after the login."""
        cisco = self.machine.platform.vendor == "cisco"
        self.enabled = not (cisco and self.machine.device.enable)
        self.write("\r\n")
        self.show_prompt()

    # what is typed

    def receive(self, text: str) -> None:
        for character in text:
            if self.rest:
                self._turn_page(character)
            elif character in "\r\n":
                self._line()
            elif character == "\x1a":
                self.path = None
                self._line()
            elif character in "\x7f\b":
                self.typed = self.typed[:-1]
            else:
                self.typed += character
                if self.echo:
                    self.write(character)

    def _line(self) -> None:
        line, self.typed = self.typed.strip(), ""
        plus = self.path is not None and line != "" and self.machine.device.active is True
        self.write(" (+B)\r\n" if plus and self.machine.platform.member == "HRP_M" else "\r\n")
        before = len(self.prompt())
        if self.asked is not None:
            answer, self.asked = self.asked, None
            self.echo = True
            answer(line)
        elif line and line[0] not in "#!":
            try:
                self.execute(line)
            except Refused as refused:
                self.refuse(refused, line, before)
        self._prompt_if_free()

    def _prompt_if_free(self) -> None:
        if self.asked is None and not self.rest:
            self.show_prompt()

    def _turn_page(self, character: str) -> None:
        self.write("\r" + " " * 16 + "\r")
        if character in "qQ\x03":
            self.rest = []
        else:
            page, self.rest = self.rest[:PAGE], self.rest[PAGE:]
            self.write("".join(f"{line}\r\n" for line in page))
        if self.rest:
            self.write(MORE[self.machine.platform.vendor])
        else:
            self.show_prompt()

    # what is answered

    def say(self, text: str) -> None:
        """Lines to the terminal, through the pager."""
        lines = text.splitlines()
        if self.paging and len(lines) > PAGE:
            lines, self.rest = lines[:PAGE], lines[PAGE:]
        self.write("".join(f"{line}\r\n" for line in lines))
        if self.rest:
            self.write(MORE[self.machine.platform.vendor])

    def ask(self, question: str, answer: Callable[[str], None], *, echo: bool = True) -> None:
        self.write(question)
        self.asked, self.echo = answer, echo

    def show_prompt(self) -> None:
        self.write(self.prompt())

    def prompt(self) -> str:
        machine = self.machine
        platform, name = machine.platform, machine.name
        if platform.vendor == "cisco":
            if self.path is None:
                return f"{name}#" if self.enabled else f"{name}>"
            nodes = self.nodes()
            row = nodes[-1].row
            return f"{name}({prompt_part(nodes[-1]) if row else 'config'})#"
        member = ""
        if platform.member and machine.device.active is not None:
            member = platform.member if machine.device.active else platform.member[:-1] + "S"
        if self.path is None:
            return f"{member}<{name}>"
        state = ""
        if platform.two_stage:
            state = "~" if machine.candidate is None else "*"
        return f"{member}[{state}{name}{''.join(prompt_part(each) for each in self.nodes()[1:])}]"

    def refuse(self, refused: Refused, line: str, before: int) -> None:
        vendor = self.machine.platform.vendor
        if refused.kind == "says":
            self.say(SAYS[vendor] + refused.says)
            return
        words = line.split()
        column = len(" ".join(words[: refused.at])) + (refused.at > 0)
        if refused.kind == "incomplete" and vendor == "cisco":
            self.say(ERRORS[vendor]["incomplete"])
            return
        if refused.kind == "ambiguous" and vendor == "cisco":
            self.say(f'{ERRORS[vendor]["ambiguous"]}  "{line}"')
            return
        self.say(" " * (before + column) + "^\n" + ERRORS[vendor][refused.kind])

    # what is executed

    @property
    def target(self) -> Configuration:
        """What entered lines change."""
        machine = self.machine
        return machine.candidate if machine.candidate is not None else machine.configuration

    def nodes(self) -> list[Node]:
        """The views from the outermost; a view that is gone is left."""
        node = self.target.root
        found = [node]
        for line in self.path or []:
            child = next(
                (each for each in node.children.values() if " ".join(each.words) == line), None
            )
            if child is None:
                break
            node = child
            found.append(node)
        return found

    def execute(self, line: str) -> None:
        words = line.split()
        found = find(COMMANDS[self.machine.platform.vendor], words, self)
        if found is not None:
            handler, rest = found
            handler(self, rest)
        elif self.path is None:
            raise Refused("unknown", 0)
        else:
            self.configure(line)

    def configure(self, line: str) -> None:  # noqa: C901 (a fault a case)
        machine = self.machine
        machine.entered.append(line)
        machine.config_lines += 1
        if (drop := machine.fault(Kind.DROPS)) and machine.config_lines > drop.number:
            self.close()
            return
        if (bad := machine.fault(Kind.LINE_REFUSED)) and machine.config_lines == bad.number:
            raise Refused("wrong", 0)
        if machine.platform.vendor == "huawei" and machine.device.active is False:
            raise Refused("says", 0, "The device is in HRP standby state, so this command can not "
                          "be executed.")  # fmt: skip
        nodes = self.nodes()
        fresh = machine.platform.two_stage and machine.candidate is None
        if fresh:
            machine.candidate = machine.configuration.copy()
            nodes = self.nodes()
        before = machine.printed(machine.configuration) if fresh else ""
        try:
            if line.split()[:2] == ["default", "action"] and nodes[-1].view == "security":
                self._ask_default(line)
                return
            after = self.target.enter(nodes, line)
        except Refused:
            if fresh:
                machine.candidate = None
            raise
        self.path = [" ".join(node.words) for node in after[1:]]
        self.dirty = machine.candidate is not None
        if fresh and before == machine.printed(self.target):
            machine.candidate, self.dirty = None, False

    def _ask_default(self, line: str) -> None:
        def answer(said: str) -> None:
            if said.lower().startswith("y"):
                nodes = self.nodes()
                if line.split()[2] == "deny":
                    line_off = f"undo {line}"
                    self.target.enter(nodes, line_off)
                else:
                    self.target.enter(nodes, line)

        self.ask("Warning: Setting the default packet filtering to permit poses security risks. "
                 "Are you sure you want to continue?[Y/N]", answer)  # fmt: skip


def prompt_part(node: Node) -> str:
    assert node.row is not None
    said = node.row.prompt
    for at, value in enumerate(node.row.values(node.words)):
        said = said.replace("{" + str(at) + "}", value)
    return said
