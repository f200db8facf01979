"""Below a list of several pages: back, which page of how many, more."""

from kiosk.widgets.parts import Gap, Key, Text


def show_pages(row, view):
    """Fill `row` from a view with `earlier`, `page` and `more`; with nothing if it is one page."""
    row.clear_widgets()
    if not view.page:
        return
    for part in (view.earlier, view.page, view.more):
        if isinstance(part, str):
            row.add_widget(Text(content=part, halign="center", pos_hint={"center_y": 0.5}))
        else:
            row.add_widget(Gap() if part is None else Key(view=part))
