"""How the nodes, edges and frames of a graph look, by shape as well as by colour."""

FONT = {"fontname": "Helvetica", "fontsize": "11"}
NODE = FONT | {"height": "0.3"}
EDGE = FONT | {"fontsize": "8", "fontcolor": "gray30", "labeldistance": "1.6", "arrowsize": "0.7"}
INPUT = {"shape": "ellipse", "style": "filled", "fillcolor": "#e3eefa"}
PARAMETER = {"shape": "hexagon", "style": "filled", "fillcolor": "#fdf1cf", "margin": "0"}
CONSTANT = {"shape": "note", "style": "filled", "fillcolor": "gray93"}
STEP = {"shape": "box", "style": "rounded"}
GRADIENT = {"shape": "box", "style": "rounded", "color": "red"}
CACHED = {"shape": "box", "style": "rounded,dashed", "color": "gray50"}
OUTPUT = {"peripheries": "2"}
MODULE = {"shape": "box3d"}
NOT_FINITE = {"style": "filled", "fillcolor": "red", "fontcolor": "white"}
CLUSTER = {"style": "rounded", "color": "gray70", "fontcolor": "gray40", "labeljust": "l"}
FORWARD_EDGE = {"color": "black"}
BACKWARD_EDGE = {"color": "red"}
CACHE_EDGE = {"color": "gray50", "style": "dashed"}
