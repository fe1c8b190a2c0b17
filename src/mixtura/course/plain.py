"""Formulas for a terminal: TeX as one line of Unicode."""

from __future__ import annotations

import re

__all__ = ["plain", "plain_text"]

_SIGNS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "Delta": "Δ", "epsilon": "ε",
    "theta": "θ", "lambda": "λ", "Lambda": "Λ", "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ",
    "sigma": "σ", "Sigma": "Σ", "tau": "τ", "phi": "φ", "Phi": "Φ", "chi": "χ", "Psi": "Ψ",
    "omega": "ω", "sum": "∑", "prod": "∏", "int": "∫", "infty": "∞", "partial": "∂", "top": "ᵀ",
    "times": "×", "cdot": "·", "cdots": "⋯", "ldots": "…", "dots": "…", "leq": "≤", "geq": "≥",
    "le": "≤", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "equiv": "≡", "propto": "∝",
    "to": "→", "rightarrow": "→", "Rightarrow": "⇒", "Leftrightarrow": "⇔", "mid": "|",
    "in": "∈", "sim": "~", "pm": "±",
    "log": "log ", "ln": "ln ", "exp": "exp ", "max": "max", "min": "min", "det": "det ",
    "tr": "tr ", "quad": "  ", "qquad": "   ", "forall": "∀", "succ": "≻", "nabla": "∇",
    "left": "", "right": "", "bigl": "", "bigr": "", "Vert": "‖", "ell": "ℓ", "otimes": "⊗",
    "circ": "∘", "prime": "′", "gg": "≫", "ll": "≪", "eta": "η", "kappa": "κ", "langle": "⟨",
    "rangle": "⟩", "lvert": "|", "rvert": "|", "cup": "∪", "mapsto": "↦", "wedge": "∧",
}  # fmt: skip
_BETWEEN = frozenset("×≤≥≠≈≡∝→⇒⇔|∈~±≫≪↦")  # signs with room on both sides
_UP = str.maketrans("0123456789+-()nidkKNT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱᵈᵏᴷᴺᵀ")
_DOWN = str.maketrans("0123456789+-()aeijknopt", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑᵢⱼₖₙₒₚₜ")
_GROUP = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_NAMED = r"\\(?:mathrm|mathbf|mathcal|mathbb|operatorname|text|boldsymbol|mathit|hat|bar|tilde)"


def plain(tex: str) -> str:
    r"""TeX as text; what has no sign of its own keeps its name.

    Examples
    --------
    >>> plain(r"\pi_k = \frac{N_k}{N}")
    'πₖ = Nₖ/N'
    """
    text = re.sub(_NAMED + _GROUP, r"\1", tex)
    text = re.sub(r"\\sqrt" + _GROUP, lambda m: f"√({m[1]})", text)
    while r"\frac" in text:
        shorter = re.sub(r"\\d?frac" + _GROUP + _GROUP, _over, text)
        if shorter == text:
            break
        text = shorter
    text = re.sub(r"\\([A-Za-z]+) ?", lambda m: _sign(m[1]), text)
    text = re.sub(r"\\[,;:! ]", " ", text).replace("\\{", "{").replace("\\}", "}")
    text = text.replace("\\|", "‖")
    text = re.sub(r"\^" + _GROUP + r"|\^(\S)", lambda m: _small(m[1] or m[2], _UP, "^"), text)
    text = re.sub(r"_" + _GROUP + r"|_(\S)", lambda m: _small(m[1] or m[2], _DOWN, "_"), text)
    return re.sub(r" {2,}", " ", text.replace("{", "").replace("}", "")).strip()


def plain_text(text: str) -> str:
    """Markdown in which every formula between $ signs is plain."""
    return re.sub(r"\$([^$]+)\$", lambda m: plain(m[1]), text)


def _sign(name: str) -> str:
    sign = _SIGNS.get(name, name)
    return f" {sign} " if sign in _BETWEEN else sign


def _over(found: re.Match[str]) -> str:
    above, below = (
        part if re.fullmatch(r"\\?\w+(_\w)?", part) else f"({part})" for part in found.groups()
    )
    return f"{above}/{below}"


def _small(text: str, table: dict[int, int], sign: str) -> str:
    """`text` in small letters where all of them exist, or after `sign`."""
    text = text.strip()
    if all(ord(letter) in table or letter in "′ᵀ" for letter in text):
        return text.translate(table)
    return f"{sign}{text}" if len(text) == 1 else f"{sign}({text})"
