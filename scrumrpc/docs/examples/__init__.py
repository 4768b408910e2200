"""Example calls: for each public method, parameters that work on the sample account; and the steps of the guide.

The examples run one after the other, in the order of the documentation, on a fresh sample account
(`scrumrpc serve --sample`) on behalf of its administrator. What pages and OpenAPI show are these values.
"""

from __future__ import annotations

from scrumrpc.docs.examples.guide import ACCOUNT, EMAIL, GUIDE, Step
from scrumrpc.docs.examples.merged import EXAMPLES, GROUPS

__all__ = ["ACCOUNT", "EMAIL", "EXAMPLES", "GROUPS", "GUIDE", "Step"]
