"""No foreign text reaches Markdown: whatever is not written in the code itself passes through ``safe``."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = [p for room in ("pages", "components") for p in sorted((ROOT / room).rglob("*.py"))]

# Calls that read Markdown, and the arguments that do.
ARGUMENTS = ("body", "label", "title", "text", "help", "value", "delta", "delta_description")
MARKDOWN = frozenset(
    {
        "markdown", "write", "caption", "title", "header", "subheader", "metric", "badge", "info", "success", "warning",
        "error", "toast", "button", "link_button", "page_link", "download_button", "popover", "expander", "checkbox",
        "toggle", "radio", "selectbox", "multiselect", "segmented_control", "pills", "date_input", "text_input",
        "dialog", "spinner", "status", "menu_button", "form_submit_button", "write_stream", "feedback", "tabs",
    }
)  # fmt: skip
POSITIONS = {"metric": 3}  # how many positional arguments are Markdown; else the first
FORBIDDEN = {"html", "iframe"}
TIMES = {"header", "title"}  # string methods of the same name take no argument
LOGS = {"LOG", "log", "logger"}


def is_safe(node: ast.expr, constants: set[str]) -> bool:
    """Written in the code, or made safe: constants, what they hold, ``safe(...)``, and what is put together of it."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.JoinedStr):
        return all(is_safe(v.value if isinstance(v, ast.FormattedValue) else v, constants) for v in node.values)
    if isinstance(node, ast.BinOp):
        return is_safe(node.left, constants) and is_safe(node.right, constants)
    if isinstance(node, ast.BoolOp):
        return all(is_safe(v, constants) for v in node.values)
    if isinstance(node, ast.IfExp):
        return is_safe(node.body, constants) and is_safe(node.orelse, constants)
    if isinstance(node, ast.Subscript):
        return is_safe(node.value, constants)
    if isinstance(node, ast.Name):
        return node.id in constants or node.id.isupper()
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    # Of what a help is about only links to words of ours are made.
    return node.func.id == "safe" or (node.func.id == "explained" and is_safe(node.args[0], constants))


def safe_names(tree: ast.AST) -> set[str]:
    """Names that only ever hold safe values, within one function or module: fixpoint over its assignments."""
    assigned: dict[str, list[ast.expr]] = {}
    params = {a.arg for n in ast.walk(tree) if isinstance(n, ast.arguments) for a in (*n.args, *n.kwonlyargs)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    assigned.setdefault(target.id, []).append(node.value)
                elif isinstance(target, ast.Tuple):  # taken apart from something: not looked into
                    params |= {e.id for e in target.elts if isinstance(e, ast.Name)}
        elif isinstance(node, ast.For | ast.comprehension | ast.NamedExpr | ast.With | ast.AugAssign):
            params |= {n.id for n in ast.walk(getattr(node, "target", ast.Constant(0))) if isinstance(n, ast.Name)}
    names: set[str] = set()
    while True:
        more = {n for n, vs in assigned.items() if n not in params and all(is_safe(v, names) for v in vs)}
        if more == names:
            return names
        names = more


def findings(source: str) -> list[str]:
    tree = ast.parse(source)
    found = []
    for scope in [tree, *(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))]:
        names = safe_names(scope)
        inner = {
            id(c) for n in ast.walk(scope) if n is not scope and isinstance(n, ast.FunctionDef) for c in ast.walk(n)
        }
        for call in (n for n in ast.walk(scope) if isinstance(n, ast.Call) and id(n) not in inner):
            found += _of(call, names)
    return found


def _of(call: ast.Call, names: set[str]) -> list[str]:
    if any(k.arg == "unsafe_allow_html" for k in call.keywords):
        return [f"line {call.lineno}: unsafe_allow_html"]
    if not isinstance(call.func, ast.Attribute):
        return []
    name, owner = call.func.attr, call.func.value
    if name in FORBIDDEN and isinstance(owner, ast.Name) and owner.id in ("st", "components"):
        return [f"line {call.lineno}: st.{name}"]
    if name not in MARKDOWN or (isinstance(owner, ast.Name) and owner.id in LOGS) or (name in TIMES and not call.args):
        return []
    parts = [*call.args[: POSITIONS.get(name, 1)], *(k.value for k in call.keywords if k.arg in ARGUMENTS)]
    return [f"line {call.lineno}: {name}({ast.unparse(p)[:60]})" for p in parts if not is_safe(p, names)]


# The page title is a literal of the page's own file, handed through one function.
ALLOWED = {
    "components/frame/page.py": ["header(title)"],
    "components/notices/form.py": ["page_link(page_of('notices.py'))"],
    "components/incidents/one.py": ["page_link(page_of('thing.py'))", "page_link(page_of('inbox.py'))"],
    "components/sections/health.py": [
        "page_link(page_of(page.file))",
        "page_link(page_of('inbox.py'))",
        "page_link(page_of(findings.file))",
    ],
    "components/tiles/bodies.py": ["page_link(page_of(lead.file))"],
    # Made of ``safe`` texts in components/tiles/small_print.py.
    "components/tiles/show.py": ["small.of(tile, known))", "small.of(slot.tile, slot.drawn))"],
}  # literals of page files


@pytest.mark.parametrize("path", FILES, ids=[p.relative_to(ROOT).as_posix() for p in FILES])
def test_foreign_text_passes_through_safe(path: Path) -> None:
    allowed = ALLOWED.get(path.relative_to(ROOT).as_posix(), [])
    found = [f for f in findings(path.read_text("utf-8")) if not any(f.endswith(a) for a in allowed)]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "st.caption(name)", "st.markdown(f'**{name}**')", "box.metric('x', value)", "st.button(row['label'])",
        "st.html('<b>')", "st.markdown('x', unsafe_allow_html=True)", "st.subheader('x', help=why)",
        "st.write('a' + name)", "def f(text):\n    text = safe(text)\n    text = other\n    st.caption(text)",
        "for name in names:\n    st.caption(name)", "st.error(str(error))",
    ],
)  # fmt: skip
def test_a_hole_is_found(source: str) -> None:
    assert findings(source)


@pytest.mark.parametrize(
    "source",
    [
        "st.caption('x')", "st.caption(safe(name))", "st.markdown(f'**{safe(name)}**')", "st.code(name)",
        "st.text(name)",
        "LOG.error(message, x)", "badge = f'a {safe(x)}'\nst.caption(badge if y else '')", "name.title()",
    ],
)  # fmt: skip
def test_what_is_safe_passes(source: str) -> None:
    assert findings(source) == []
