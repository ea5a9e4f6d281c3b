"""The four tables: what hangs together, how the peer is, what an instance is here, what to do.

The first three turn facts into verdicts, the fourth turns the verdicts into an action. The daemon,
`explain`, the drills and the simulator read these and nothing else.
"""

from typing import NamedTuple

from failover.core.facts import (
    Action,
    Exposure,
    Gate,
    Guard,
    Hearing,
    Hold,
    Indirect,
    InstanceFacts,
    InstanceVerdict,
    LinkFacts,
    LinkVerdict,
    Observers,
    Owner,
    Path,
    Punctuality,
    RegisterAnswer,
    Service,
    Session,
    SiteFacts,
    SiteVerdict,
    Steadiness,
    Witness,
)
from failover.core.rows import ANY, Row, Table, none_of, one_of

UP = Path.UP
NOT_UP = none_of(UP)
REACHED, UNREACHED = Witness.REACHED, Witness.SILENT
ANSWERS, UNANSWERED = RegisterAnswer.ANSWERS, RegisterAnswer.SILENT

# fmt: off
LINK: Table[LinkFacts, LinkVerdict] = Table("link", LinkFacts, (
    #          fibre   health  witness    register
    Row("L1", (UP,     UP,     REACHED,   ANSWERS), LinkVerdict.NORMAL,
        "both paths carry heartbeats both ways, witness and register answer"),
    Row("L2", (UP,     NOT_UP, REACHED,   ANSWERS), LinkVerdict.SECOND_PATH_LOST,
        "the fibre carries the heartbeats; the health network between the centres does not"),
    Row("L3", (NOT_UP, UP,     REACHED,   ANSWERS), LinkVerdict.FIBRE_CUT,
        "the health network carries the heartbeats, both centres live; a cut alone moves nothing"),
    Row("L4", (UP,     ANY,    UNREACHED, ANSWERS), LinkVerdict.WITNESS_LOST,
        "the centres hear each other without the witness; the next fault needs a person"),
    Row("L5", (NOT_UP, UP,     UNREACHED, ANSWERS), LinkVerdict.WITNESS_LOST,
        "the centres hear each other by the health network alone, without fibre and witness"),
    Row("L6", (UP,     ANY,    ANY,       UNANSWERED), LinkVerdict.REGISTER_SILENT,
        "the register does not answer; the peer is heard, and its promises carry the leases"),
    Row("L7", (NOT_UP, UP,     ANY,       UNANSWERED), LinkVerdict.REGISTER_SILENT,
        "the register does not answer; promises by the health network carry the leases"),
    Row("L8", (NOT_UP, NOT_UP, ANY,       ANSWERS), LinkVerdict.PEER_SILENT,
        "no path carries heartbeats both ways; the register answers this centre"),
    Row("L9", (NOT_UP, NOT_UP, ANY,       UNANSWERED), LinkVerdict.CUT_OFF,
        "neither the peer nor the register answers: this centre is the one cut off"),
))

LIVE, OVER = Session.LIVE, Session.OVER
HEARD, IDLE, UNHEARD = Hearing.HEARD, Hearing.IDLE, Hearing.SILENT
AUDIBLE = none_of(UNHEARD)
WELL = one_of(Observers.REACH, Observers.BLIND)
SLOW, SOME, NONE, BLIND = Observers.SLOW, Observers.SOME, Observers.NONE, Observers.BLIND
SEEN = none_of(NONE, BLIND)
REACHES, UNSEEN = Indirect.REACHES, none_of(Indirect.REACHES)
ON_TIME, LATE = Punctuality.ON_TIME, Punctuality.LATE
STEADY, FLAPPING = Steadiness.STEADY, Steadiness.FLAPPING

SITE: Table[SiteFacts, SiteVerdict] = Table("site", SiteFacts, (
    #           session hearing observers indirect punctuality steadiness
    Row("S1",  (ANY,    ANY,     ANY,     ANY,     LATE,       ANY), SiteVerdict.PAUSED,
        "this agent was paused or starved: it doubts itself before it doubts the peer"),
    Row("S2",  (LIVE,   ANY,     ANY,     ANY,     ON_TIME,    FLAPPING), SiteVerdict.FLAPPING,
        "the peer renews its lease, and its heartbeats come and go"),
    Row("S3",  (LIVE,   AUDIBLE,  WELL,    ANY,     ON_TIME,    STEADY), SiteVerdict.NORMAL,
        "the peer renews its lease and is heard"),
    Row("S4",  (LIVE,   UNHEARD, WELL,    ANY,     ON_TIME,    STEADY), SiteVerdict.NORMAL,
        "the peer renews its lease: it lives, only this centre does not hear it"),
    Row("S5",  (LIVE,   ANY,     SLOW,    ANY,     ON_TIME,    STEADY), SiteVerdict.GRAY,
        "the peer renews its lease, and hospitals that reach it find it slow"),
    Row("S6",  (LIVE,   ANY,     SOME,    ANY,     ON_TIME,    STEADY), SiteVerdict.PARTIAL,
        "the peer renews its lease, and only some hospitals reach it"),
    Row("S7",  (LIVE,   AUDIBLE,  NONE,    ANY,     ON_TIME,    STEADY), SiteVerdict.ACCESS_LOST,
        "the peer renews its lease and is heard, and no hospital reaches it"),
    Row("S8",  (LIVE,   UNHEARD, NONE,    ANY,     ON_TIME,    STEADY), SiteVerdict.PARTIAL,
        "the peer renews its lease, and neither hospitals nor this centre reach it"),
    Row("S9",  (OVER,   HEARD,   ANY,     ANY,     ON_TIME,    ANY), SiteVerdict.ISOLATED,
        "the peer's lease is over, and it is heard: it lives, at most by promise"),
    Row("S10", (OVER,   UNHEARD, NONE,    UNSEEN,  ON_TIME,    ANY), SiteVerdict.LOST,
        "the peer's lease is over; no hospital nor this centre reaches it, and no witness objects"),
    Row("S11", (OVER,   UNHEARD, NONE,    REACHES, ON_TIME,    ANY), SiteVerdict.ISOLATED,
        "the peer's lease is over and no hospital reaches it, but the witness does"),
    Row("S12", (OVER,   UNHEARD, SEEN,    ANY,     ON_TIME,    ANY), SiteVerdict.ISOLATED,
        "the peer's lease is over and it is silent, but hospitals reach it"),
    Row("S13", (OVER,   UNHEARD, BLIND,   ANY,     ON_TIME,    ANY), SiteVerdict.ISOLATED,
        "the peer's lease is over and it is silent; too few hospitals can say whether it lives"),
    Row("S14", (OVER,   IDLE,    ANY,     ANY,     ON_TIME,    ANY), SiteVerdict.STOOD_DOWN,
        "the peer's lease is over, and its heartbeats say that nothing is open there"),
))

MINE, THEIRS, FREE = Owner.MINE, Owner.THEIRS, Owner.FREE
FIT, FAILING = Service.FIT, Service.FAILING
ALIVE, DEAD = Guard.ALIVE, Guard.DEAD
OPEN, SHUT = Gate.OPEN, Gate.SHUT
UNHELD, HELD = Hold.NONE, Hold.HELD
YES, NO = Exposure.YES, Exposure.NO

INSTANCE: Table[InstanceFacts, InstanceVerdict] = Table("instance", InstanceFacts, (
    #           owner     service  guard  gate  hold    exposure
    Row("I1",  (MINE,     FIT,     ALIVE, ANY,  ANY,    NO),  InstanceVerdict.SERVING,
        "this centre owns it and it is fit; gate and holds only speak about takes"),
    Row("I2",  (MINE,     FIT,     ALIVE, ANY,  ANY,    YES), InstanceVerdict.EXPOSED,
        "this centre owns it and acknowledges writes that the other centre does not have"),
    Row("I3",  (MINE,     FAILING, ALIVE, ANY,  ANY,    ANY), InstanceVerdict.FAILED,
        "this centre owns it, and its service fails here"),
    Row("I4",  (MINE,     ANY,     DEAD,  ANY,  ANY,    ANY), InstanceVerdict.FAILED,
        "this centre owns it, and the guard that closes it does not obey"),
    Row("I5",  (THEIRS,   FAILING, ALIVE, ANY,  ANY,    ANY), InstanceVerdict.UNFIT,
        "its service fails at this centre: it could not be served here"),
    Row("I6",  (THEIRS,   ANY,     DEAD,  ANY,  ANY,    ANY), InstanceVerdict.UNFIT,
        "this centre's guard does not obey: nothing may be taken here"),
    Row("I7",  (THEIRS,   FIT,     ALIVE, ANY,  HELD,   ANY), InstanceVerdict.HELD,
        "a hold keeps it where it is"),
    Row("I8",  (THEIRS,   FIT,     ALIVE, SHUT, UNHELD, ANY), InstanceVerdict.GATED,
        "more acknowledged writes would be lost than its class allows, or how many is unknown"),
    Row("I9",  (THEIRS,   FIT,     ALIVE, OPEN, UNHELD, YES), InstanceVerdict.GATED,
        "its owner acknowledged writes that this centre does not have"),
    Row("I10", (THEIRS,   FIT,     ALIVE, OPEN, UNHELD, NO),  InstanceVerdict.STANDBY,
        "the other centre owns it, and this one could serve it"),
    Row("I11", (FREE,     FIT,     ALIVE, OPEN, UNHELD, NO),  InstanceVerdict.ORPHAN,
        "nobody owns it any more, and this centre can serve it"),
    Row("I12", (FREE,     FAILING, ALIVE, ANY,  ANY,    ANY), InstanceVerdict.STRANDED,
        "nobody owns it any more, and its service fails at this centre"),
    Row("I13", (FREE,     ANY,     DEAD,  ANY,  ANY,    ANY), InstanceVerdict.STRANDED,
        "nobody owns it any more, and this centre's guard does not obey"),
    Row("I14", (FREE,     FIT,     ALIVE, ANY,  HELD,   ANY), InstanceVerdict.STRANDED,
        "nobody owns it any more, and a hold keeps it from being taken"),
    Row("I15", (FREE,     FIT,     ALIVE, SHUT, UNHELD, ANY), InstanceVerdict.STRANDED,
        "nobody owns it any more, and too much would be lost here, or how much is unknown"),
    Row("I16", (FREE,     FIT,     ALIVE, OPEN, UNHELD, YES), InstanceVerdict.STRANDED,
        "nobody owns it any more, and acknowledged writes are missing here"),
))


class Verdicts(NamedTuple):
    """What an action follows from."""

    link: LinkVerdict
    site: SiteVerdict
    instance: InstanceVerdict


CUT_OFF, PEER_SILENT = LinkVerdict.CUT_OFF, LinkVerdict.PEER_SILENT
NO_REGISTER = one_of(LinkVerdict.REGISTER_SILENT, CUT_OFF)
REGISTER = none_of(LinkVerdict.REGISTER_SILENT, CUT_OFF)
BOTH_ANSWER = none_of(LinkVerdict.REGISTER_SILENT, CUT_OFF, PEER_SILENT)

NORMAL, PAUSED = SiteVerdict.NORMAL, SiteVerdict.PAUSED
LOST, ISOLATED = SiteVerdict.LOST, SiteVerdict.ISOLATED
STOOD_DOWN = SiteVerdict.STOOD_DOWN
GONE, NOT_GONE = one_of(LOST, ISOLATED), none_of(LOST, ISOLATED, STOOD_DOWN)
TROUBLED = none_of(LOST, ISOLATED, STOOD_DOWN, NORMAL, PAUSED)

OPENED = one_of(InstanceVerdict.SERVING, InstanceVerdict.EXPOSED)
FAILED = InstanceVerdict.FAILED
BARRED = one_of(InstanceVerdict.HELD, InstanceVerdict.GATED, InstanceVerdict.UNFIT)
STANDBY, ORPHAN = InstanceVerdict.STANDBY, InstanceVerdict.ORPHAN
STRANDED = InstanceVerdict.STRANDED
CLOSED = BARRED | one_of(STANDBY, ORPHAN, STRANDED)

ACTION: Table[Verdicts, Action] = Table("action", Verdicts, (
    #           link               site              instance
    Row("A1",  (none_of(CUT_OFF),  ANY,              OPENED),  Action.SERVE,
        "it is served here, whatever becomes of the peer"),
    Row("A2",  (CUT_OFF,           ANY,              OPENED),  Action.RUN_OUT,
        "nobody can renew the lease: it is served until the lease closes it"),
    Row("A3",  (REGISTER,          ANY,              FAILED),  Action.SURRENDER,
        "it closes here and tells the register, so that the other centre need not wait"),
    Row("A4",  (NO_REGISTER,       ANY,              FAILED),  Action.CLOSE,
        "it closes here; the register cannot be told"),
    Row("A5",  (NO_REGISTER,       ANY,              CLOSED),  Action.STAY,
        "without the register nothing can be taken"),
    Row("A6",  (BOTH_ANSWER,       none_of(STOOD_DOWN), BARRED), Action.STAY,
        "the peer is heard; here it could not be taken"),
    Row("A7",  (PEER_SILENT,       NOT_GONE,         BARRED),  Action.STAY,
        "the peer's lease is not known to be over; here it could not be taken"),
    Row("A8",  (PEER_SILENT,       GONE,             BARRED),  Action.PAGE,
        "the peer's lease is over and this centre may not take it: a person must decide"),
    Row("A9",  (PEER_SILENT,       LOST,             STANDBY), Action.TAKE,
        "all evidence agrees that the peer is lost"),
    Row("A10", (PEER_SILENT,       ISOLATED,         STANDBY), Action.TAKE_AFTER_PATIENCE,
        "the peer's lease is over and the evidence does not agree: it is taken after patience"),
    Row("A11", (REGISTER,          TROUBLED,         STANDBY), Action.PAGE,
        "the peer lives and owns it, and serves it badly: a person must decide"),
    Row("A12", (REGISTER,          NORMAL,           STANDBY), Action.STAY,
        "its owner lives"),
    Row("A13", (REGISTER,          PAUSED,           STANDBY), Action.STAY,
        "this agent was paused and takes nothing until it is on time again"),
    Row("A14", (BOTH_ANSWER,       GONE,             STANDBY), Action.STAY,
        "the peer has no lease but is heard: it lives by this centre's promise"),
    Row("A15", (REGISTER,          none_of(PAUSED),  ORPHAN),  Action.TAKE,
        "nobody owns it: it is taken at once"),
    Row("A16", (REGISTER,          PAUSED,           ORPHAN),  Action.STAY,
        "nobody owns it, but this agent was paused and takes nothing until it is on time again"),
    Row("A17", (REGISTER,          STOOD_DOWN,       STANDBY), Action.TAKE_AFTER_PATIENCE,
        "its owner has closed it and cannot renew: it is taken after patience"),
    Row("A18", (REGISTER,          STOOD_DOWN,       BARRED),  Action.PAGE,
        "its owner has closed it and this centre may not take it: a person must decide"),
    Row("A19", (REGISTER,          ANY,              STRANDED), Action.PAGE,
        "nobody serves it: a person must decide"),
))
# fmt: on
