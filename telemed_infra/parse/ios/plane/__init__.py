"""The management plane of IOS: its lines, and what a device makes of them.

Lines only note what they say (`sayings`, by the tables in `grammar`, `grammar_blocks`, `ports`);
everything that depends on other lines is judged when the whole text is read (`plane`, `guards`),
and a line that then proves to mean nothing known is unread.
"""
