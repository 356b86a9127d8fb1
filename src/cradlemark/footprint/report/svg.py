"""Scenes as SVG, for HTML pages."""

from __future__ import annotations

from html import escape

from cradlemark.footprint.report.scene import Label, Rectangle, Ribbon, Scene, Shape, Stroke


def svg(scene: Scene) -> str:
    """Return a scene as an SVG element that scales with its container and follows the page's text colour."""
    body = "".join(_shape(shape) for shape in scene.shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {scene.width:g} {scene.height:g}" role="img" '
        f'aria-label="{escape(scene.title)}. {escape(scene.description)}">'
        f"<title>{escape(scene.title)}</title><desc>{escape(scene.description)}</desc>{body}</svg>"
    )


def _shape(shape: Shape) -> str:
    match shape:
        case Rectangle():
            paint = (
                'fill="none" stroke="currentColor" stroke-width="0.75" stroke-dasharray="3 2"'
                if shape.dashed
                else f'fill="{shape.fill}"'
            )
            return (
                f'<rect x="{shape.x:.2f}" y="{shape.y:.2f}" width="{max(shape.width, 0):.2f}" '
                f'height="{max(shape.height, 0):.2f}" rx="1.5" {paint}/>'
            )
        case Ribbon():
            return f'<path d="{_ribbon(shape)}" fill="{shape.fill}" fill-opacity="0.55"/>'
        case Stroke():
            return (
                f'<line x1="{shape.x0:.2f}" y1="{shape.y0:.2f}" x2="{shape.x1:.2f}" y2="{shape.y1:.2f}" '
                'stroke="currentColor" stroke-width="0.75"/>'
            )
        case Label():
            colour = "#ffffff" if shape.on_dark else "currentColor"
            faint = ' opacity="0.75"' if shape.muted else ""
            weight = ' font-weight="700"' if shape.bold else ""
            return (
                f'<text x="{shape.x:.2f}" y="{shape.y:.2f}" text-anchor="{shape.anchor}" dominant-baseline="central" '
                f'font-size="{shape.size:g}" fill="{colour}"{faint}{weight}>{escape(shape.text)}</text>'
            )


def _ribbon(shape: Ribbon) -> str:
    middle = (shape.x0 + shape.x1) / 2
    low0, low1 = shape.top0 + shape.thickness, shape.top1 + shape.thickness
    return (
        f"M{shape.x0:.2f} {shape.top0:.2f}C{middle:.2f} {shape.top0:.2f} {middle:.2f} {shape.top1:.2f} "
        f"{shape.x1:.2f} {shape.top1:.2f}L{shape.x1:.2f} {low1:.2f}C{middle:.2f} {low1:.2f} {middle:.2f} {low0:.2f} "
        f"{shape.x0:.2f} {low0:.2f}Z"
    )
