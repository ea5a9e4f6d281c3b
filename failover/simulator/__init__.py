"""A seeded world in which the production agents run: clocks drift, cables break, answers get lost.

It judges the agents and therefore shares no logic with them, only the contracts: the plan, the
cells' bytes, effects and events, the guard's slots. One seed is one schedule of faults and one
course of events, on any machine.
"""
