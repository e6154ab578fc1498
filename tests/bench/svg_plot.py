"""Plots as SVG text, without a library: bars, ranges and lines, each with its labels beside what they name. Colours follow the
reader's light or dark scheme; nothing is told by colour alone."""
import math
from xml.sax.saxutils import escape

# name: (light, dark). The first is for what a plot is about.
COLOURS = {"accent": ("#1f6feb", "#58a6ff"), "grey": ("#6b7280", "#9ca3af"), "red": ("#b42318", "#ff7b72"), "amber": ("#9a6700", "#d29922"),
           "green": ("#1a7f37", "#3fb950"), "violet": ("#8250df", "#bc8cff"), "pink": ("#bf3989", "#f778ba")}
INK = {"surface": ("#ffffff", "#0d1117"), "ink": ("#1f2328", "#e6edf3"), "faint": ("#59636e", "#9198a1"), "rule": ("#d1d9e0", "#3d444d")}
CHARACTER = 7.2  # width of one at 12 px, roughly


def style():
    pairs = {**INK, **COLOURS}
    light = "".join(f"--{name}:{pair[0]};" for name, pair in pairs.items())
    dark = "".join(f"--{name}:{pair[1]};" for name, pair in pairs.items())
    inks = "".join(f".{name}{{fill:var(--{name})}}.line-{name}{{stroke:var(--{name});fill:none}}" for name in pairs)
    return (f"<style>svg{{{light}font:12px system-ui,sans-serif}}@media(prefers-color-scheme:dark){{svg{{{dark}}}}}{inks}"
            ".title{font-size:14px;font-weight:600}.strong{font-weight:600}</style>")


class Canvas:
    def __init__(self, width, height, title):
        self.width, self.height, self.title, self.parts = width, height, title, []

    def text(self, x, y, text, ink="ink", anchor="start", more=""):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{ink} {more}" text-anchor="{anchor}">{escape(text)}</text>')

    def bar(self, x, y, width, height, ink):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(1, width):.1f}" height="{height}" rx="2" class="{ink}"/>')

    def line(self, points, ink, width=2):
        self.parts.append(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" class="line-{ink}" stroke-width="{width}"/>')

    def dot(self, x, y, ink, radius=3.5):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" class="{ink}"/>')

    def svg(self):
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" height="{self.height}" role="img" '
                f'aria-label="{escape(self.title)}"><title>{escape(self.title)}</title>{style()}<rect width="100%" height="100%" class="surface"/>'
                + "".join(self.parts) + "</svg>\n")


def short(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def bars(title, note, panels):
    """Horizontal bars, a panel a case, each panel with a scale of its own that begins at 0.
    panels: [(heading, [(label, ink, value or None, remark)])]; None shows the remark instead of a bar."""
    left, width, row = 20 + CHARACTER * max(len(label) for _, rows in panels for label, *_ in rows), 780, 20
    canvas = Canvas(width, 64 + sum(34 + row * len(rows) for _, rows in panels), title)
    canvas.text(16, 24, title, more="title")
    canvas.text(16, 42, note, "faint")
    y = 62
    for heading, rows in panels:
        canvas.text(16, y + 12, heading, more="strong")
        y += 22
        largest = max((value for _, _, value, _ in rows if value), default=1)
        for label, ink, value, remark in rows:
            canvas.text(left - 8, y + 13, label, "ink" if ink == "accent" else "faint", "end", "strong" if ink == "accent" else "")
            if value is None:
                canvas.text(left, y + 13, remark, "faint")
            else:
                length = (width - left - 190) * value / largest
                canvas.bar(left, y + 3, length, 13, ink)
                canvas.text(left + length + 6, y + 13, f"{short(value)}  {remark}")
            y += row
        y += 12
    return canvas.svg()


class Axis:
    """A logarithmic scale from the values to pixels."""

    def __init__(self, values, start, end):
        self.low, self.high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values) * 1.001))
        self.start, self.end = start, end

    def at(self, value):
        return self.start + (self.end - self.start) * (math.log10(value) - self.low) / max(1, self.high - self.low)

    def ticks(self, steps=(1,)):
        """Powers of ten, and their multiples by the other steps."""
        all_of_them = [step * 10.0 ** power for power in range(self.low, self.high + 1) for step in steps]
        return [tick for tick in all_of_them if tick <= 10.0 ** self.high]


def ranges(title, note, panels):
    """p50, p99 and p99.9 as three dots on a line, on one logarithmic axis. panels: [(heading, [(label, ink, (p50, p99, p999))])]."""
    left, width, row = 20 + CHARACTER * max(len(label) for _, rows in panels for label, *_ in rows), 780, 20
    canvas = Canvas(width, 92 + sum(30 + row * len(rows) for _, rows in panels), title)
    axis = Axis([max(value, 0.05) for _, rows in panels for *_, values in rows for value in values], left + 10, width - 90)
    canvas.text(16, 24, title, more="title")
    canvas.text(16, 42, note, "faint")
    for tick in axis.ticks():
        canvas.line([(axis.at(tick), 56), (axis.at(tick), canvas.height - 26)], "rule", 1)
        canvas.text(axis.at(tick), canvas.height - 10, f"{tick:g} ms", "faint", "middle")
    y = 58
    for heading, rows in panels:
        canvas.text(16, y + 12, heading, more="strong")
        y += 20
        for label, ink, values in rows:
            canvas.text(left - 8, y + 13, label, "ink" if ink == "accent" else "faint", "end", "strong" if ink == "accent" else "")
            points = [axis.at(max(value, 0.05)) for value in values]
            canvas.line([(points[0], y + 9), (points[-1], y + 9)], ink, 2)
            for x, radius in zip(points, (4.5, 3.5, 2.5)):
                canvas.dot(x, y + 9, ink, radius)
            canvas.text(points[-1] + 8, y + 13, " · ".join(short(value) for value in values), "faint")
            y += row
        y += 10
    return canvas.svg()


def lines(title, note, x_label, series):
    """Lines over a logarithmic x and y, each labelled at its end. series: [(label, ink, [(x, y)])]."""
    canvas = Canvas(780, 420, title)
    across = Axis([x for *_, points in series for x, _ in points], 60, 560)
    up = Axis([y for *_, points in series for _, y in points], 370, 66)
    canvas.text(16, 24, title, more="title")
    canvas.text(16, 42, note, "faint")
    for tick in up.ticks((1, 2, 5)):
        canvas.line([(60, up.at(tick)), (560, up.at(tick))], "rule", 1)
        canvas.text(54, up.at(tick) + 4, f"{tick:g}", "faint", "end")
    for x in sorted({x for *_, points in series for x, _ in points}):
        canvas.line([(across.at(x), 370), (across.at(x), 375)], "rule", 1)
        canvas.text(across.at(x), 390, f"{x:g}", "faint", "middle")
    canvas.text(310, 410, x_label, "faint", "middle")
    taken = []
    for label, ink, points in sorted(series, key=lambda each: each[2][-1][1]):
        places = [(across.at(x), up.at(y)) for x, y in points]
        canvas.line(places, ink, 3 if ink == "accent" else 1.5)
        for x, y in places:
            canvas.dot(x, y, ink, 4 if ink == "accent" else 3)
        y = places[-1][1]
        while any(abs(y - other) < 14 for other in taken):
            y -= 2
        taken.append(y)
        canvas.text(places[-1][0] + 10, y + 4, f"{label} {short(points[-1][1])}", "ink" if ink == "accent" else "faint", more="strong" if ink == "accent" else "")
    return canvas.svg()
