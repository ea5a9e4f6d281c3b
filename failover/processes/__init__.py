"""The processes of the field: agent, guard, witness and observer, each around its pure part."""
