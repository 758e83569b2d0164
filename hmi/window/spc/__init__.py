"""The charts' workbench: what can be chosen, what is read and worked out, and how it is shown."""
