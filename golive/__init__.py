"""The command `golive`: one module for each verb."""
