"""What the code says of its own fields, values and constants: the texts below their lines."""

import ast
import inspect
from functools import cache
from itertools import pairwise
from types import ModuleType


@cache
def _bodies(module: ModuleType) -> dict[str, list[ast.stmt]]:
    """Return the statements of a module's classes by their names, its own under the empty one."""
    tree = ast.parse(inspect.getsource(module))
    classes = {node.name: node.body for node in tree.body if isinstance(node, ast.ClassDef)}
    return {"": tree.body, **classes}


def docstring(module: ModuleType, name: str, of_class: str = "") -> str:
    """Return the text below the line that gives `name`, in one line; empty if there is none."""
    body = _bodies(module)[of_class]
    for statement, following in pairwise(body):
        if name in _given(statement) and isinstance(following, ast.Expr):
            value = following.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                return in_one_line(value.value)
    return ""


def in_one_line(text: str | None) -> str:
    """Return a docstring without its line breaks."""
    return " ".join((text or "").split())


def _given(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.AnnAssign):
        return {ast.unparse(statement.target)}
    if isinstance(statement, ast.Assign):
        return {ast.unparse(target) for target in statement.targets}
    return set()
