/*
 * The style sheet of pictures (svg.h).  Where a renderer knows no variables
 * the colour before them holds: those of light.
 */
#include <config.h>

#include "plot/svg.h"

/* Okabe and Ito (2008); its yellow, too faint on white, is a grey here. */
static const char style[] =
    ":root{--bg:#fff;--ink:#1b1b1b;--soft:#5a5a5a;--grid:#dedede;"
    "--c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#b8528b;--c4:#c98a00;"
    "--c5:#3a9bd6;--c6:#1b1b1b;--c7:#7a7a7a}\n"
    "@media screen and (prefers-color-scheme:dark){"
    ":root{--bg:#16181b;--ink:#e9e9e9;--soft:#a9adb3;--grid:#33373c;"
    "--c0:#56b4e9;--c1:#ff8b4a;--c2:#2bc498;--c3:#e39fc6;--c4:#f0c442;"
    "--c5:#9fc9ff;--c6:#f2f2f2;--c7:#9a9a9a}}\n"
    ".ex{width:100%;height:auto;display:block}\n"
    ".ex text{font:12px system-ui,-apple-system,\"Segoe UI\",Roboto,"
    "\"DejaVu Sans\",sans-serif;fill:#1b1b1b;fill:var(--ink);"
    "unicode-bidi:isolate}\n"
    ".ex .ty,.ex .tx,.ex .h,.ex .te{fill:#5a5a5a;fill:var(--soft);"
    "font-variant-numeric:tabular-nums}\n"
    ".ex .ty,.ex .te{text-anchor:end}\n"
    ".ex .tx,.ex .h{text-anchor:middle}\n"
    ".ex .yl{font-weight:600}\n"
    ".ex .tt{font-weight:600;font-size:15px}\n"
    ".ex path{fill:none;stroke-linejoin:round}\n"
    ".bg{fill:#fff;fill:var(--bg)}\n"
    ".ex .g{stroke:#dedede;stroke:var(--grid);stroke-width:1}\n"
    ".ex .ax{stroke:#5a5a5a;stroke:var(--soft);stroke-width:1}\n"
    /* lines, dots, ranges */
    ".ex .l{stroke-width:1.6}\n"
    ".ex .d{stroke-width:7;stroke-linecap:round}\n"
    ".ex .r{stroke-width:1.1;stroke-opacity:.55}\n"
    ".ex .l0{stroke:#0072b2;stroke:var(--c0)}"
    ".ex .l1{stroke:#d55e00;stroke:var(--c1);stroke-dasharray:7 3}"
    ".ex .l2{stroke:#009e73;stroke:var(--c2);stroke-dasharray:2 2}"
    ".ex .l3{stroke:#b8528b;stroke:var(--c3);stroke-dasharray:9 3 2 3}"
    ".ex .l4{stroke:#c98a00;stroke:var(--c4);stroke-dasharray:5 2}"
    ".ex .l5{stroke:#3a9bd6;stroke:var(--c5);stroke-dasharray:1 3}"
    ".ex .l6{stroke:#1b1b1b;stroke:var(--c6)}"
    ".ex .l7{stroke:#7a7a7a;stroke:var(--c7);stroke-dasharray:4 4 1 4}\n"
    ".ex .r,.ex .d{stroke-dasharray:none}\n"
    /* areas */
    ".ex .a0{fill:#0072b2;fill:var(--c0)}.ex .a1{fill:#d55e00;fill:var(--c1)}"
    ".ex .a2{fill:#009e73;fill:var(--c2)}.ex .a3{fill:#b8528b;fill:var(--c3)}"
    ".ex .a4{fill:#c98a00;fill:var(--c4)}.ex .a5{fill:#3a9bd6;fill:var(--c5)}"
    ".ex .a6{fill:#1b1b1b;fill:var(--c6)}.ex .a7{fill:#7a7a7a;fill:var(--c7)}"
    "\n"
    ".ex .ar{fill-opacity:.35}\n"
    /* steps of a heat map */
    ".q1{fill-opacity:.12}.q2{fill-opacity:.24}.q3{fill-opacity:.36}"
    ".q4{fill-opacity:.48}.q5{fill-opacity:.6}.q6{fill-opacity:.73}"
    ".q7{fill-opacity:.86}.q8{fill-opacity:1}\n"
    /* small: large letters, and every second label of an axis */
    "@media (max-width:520px),print{.ex text{font-size:18px}"
    ".ex .tt{font-size:20px}.ex .h{display:none}.ex .te{font-size:15px}}\n";

const char *
exch_svg_style(void)
{
	return style;
}
