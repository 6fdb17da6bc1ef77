"""The numbers in the elementary functions, for float and double.

The polynomials are minimax, fitted by Remez exchange in 45 digits: the largest relative
error of the function is as small as the degree allows, below 2^-26 for float and 2^-55
for double. The lowest power stands first.
"""

from __future__ import annotations

from dataclasses import dataclass

Coefficients = tuple[float, ...]


@dataclass(frozen=True)
class Precision:
    """A float type and what the functions need to know of it.

    Attributes:
        integer: The integer type of the same size.
        fraction: Bits of the significand that are stored.
        bias: What is added to an exponent where it is stored.
        root_half: The bits of √½.
        ln2: ln 2 in two parts; a whole exponent times the first is exact.
        least: exp of anything lower is 0.
        greatest: exp of anything higher is infinite.
        flat: tanh of anything higher is 1.
        exp: (e^r - 1 - r) / r² in r, for |r| ≤ ln(2)/2.
        log: (2 atanh(s) / s - 2) / s² in s², for s² ≤ 0.0295: the span of [√½, √2].
        log1p: (2 atanh(s/2) / s - 1) / s² in s², for s² ≤ 4/9.
        sin: (sin(r) / r - 1) / r² in r², for |r| ≤ π/4.
        cos: (cos(r) - 1 + r²/2) / r⁴ in r², for |r| ≤ π/4.
        erf: erf(x) / x - 1 in x², for |x| ≤ 1.
        erfc: log(1 - erf(x)) in (x - 1 - h) / h, for 1 ≤ x ≤ 1 + 2h; then erf is 1.
        erfc_half: This h.
    """

    integer: str
    fraction: int
    bias: int
    root_half: int
    ln2: tuple[float, float]
    least: float
    greatest: float
    flat: float
    exp: Coefficients
    log: Coefficients
    log1p: Coefficients
    sin: Coefficients
    cos: Coefficients
    erf: Coefficients
    erfc: Coefficients
    erfc_half: float

    @property
    def one(self) -> int:
        """The bits of 1."""
        return self.bias << self.fraction

    @property
    def size(self) -> int:
        """The size in bits."""
        return self.fraction + self.bias.bit_length() + 2

    @property
    def sign(self) -> int:
        """The bit of the sign: the lowest number of the integer type."""
        return -1 << (self.size - 1)

    @property
    def whole(self) -> float:
        """Numbers from here on are all whole."""
        return 2.0**self.fraction

    @property
    def smallest(self) -> float:
        """The smallest number with all its digits; below are the denormal ones."""
        return 2.0 ** (1 - self.bias)


FLOAT = Precision(
    integer="i32",
    fraction=23,
    bias=127,
    root_half=0x3F3504F3,
    ln2=(0.693359375, -2.1219444e-4),
    least=-104.0,
    greatest=89.0,
    flat=10.0,
    exp=(0.5, 0.16666543, 0.04166628, 0.008366607, 0.0013946469),
    log=(0.66666776, 0.39977494, 0.298731),
    log1p=(0.083333015, 0.012506779, 0.0021874367, 0.0005473507),
    sin=(-0.16666655, 0.008332176, -0.00019516973),
    cos=(0.041666646, -0.0013887365, 2.443812e-05),
    erf=(
        *(0.12837917, -0.37612626, 0.112836, -0.026854446),
        *(0.005189536, -0.00080208416, 7.889105e-05),
    ),
    erfc=(
        *(-7.806818, -8.029041, -2.123742, -0.036172494),
        *(0.012442507, -0.0011846417, 0.002113794),
    ),
    erfc_half=1.5,
)
DOUBLE = Precision(
    integer="i64",
    fraction=52,
    bias=1023,
    root_half=0x3FE6A09E667F3BCD,
    ln2=(0.693147180369123816490, 1.90821492927058770002e-10),
    least=-746.0,
    greatest=710.0,
    flat=20.0,
    exp=(
        *(0.5000000000000006, 0.16666666666666685, 0.041666666666573295),
        *(0.008333333333314326, 0.0013888888932504844, 0.00019841269903613258),
        *(2.480150428318124e-05, 2.7557227420270613e-06, 2.7626394107597474e-07),
        2.5114646670212937e-08,
    ),
    log=(
        *(0.6666666666666666, 0.40000000000006286, 0.2857142856907296),
        *(0.22222222648751364, 0.18181775508443276, 0.15387097654772733),
        *(0.1324996193316752, 0.13252755703671934),
    ),
    log1p=(
        *(0.08333333333333334, 0.012499999999998119, 0.0022321428572273454),
        *(0.0004340277758881071, 8.87784336079129e-05, 1.877984855052741e-05),
        *(4.07007013380511e-06, 8.938561004969094e-07, 2.0928510633569205e-07),
        *(3.335116162540572e-08, 1.963095461315957e-08),
    ),
    sin=(
        *(-0.16666666666666632, 0.00833333333332237, -0.00019841269829771197),
        *(2.7557313678675584e-06, -2.505075596283817e-08, 1.589666658369691e-10),
    ),
    cos=(
        *(0.0416666666666666, -0.001388888888887407, 2.4801587289445698e-05),
        *(-2.755731434111207e-07, 2.087572166698622e-09, -1.1359560879933295e-11),
    ),
    erf=(
        *(0.12837916709551256, -0.3761263890318355, 0.11283791670945253),
        *(-0.02686617064327622, 0.005223977607423468, -0.0008548325989696758),
        *(0.00012055295320494294, -1.4924744663335489e-05, 1.6447517677871873e-06),
        *(-1.6209175911748696e-07, 1.3722976265924504e-08, -7.801188874097751e-10),
    ),
    erfc=(
        *(-14.112437402147226, -18.16524897092816, -6.042206592842228),
        *(-0.08165091572393472, 0.03412840779551657, -0.014384335775067552),
        *(0.0059549646363887924, -0.002371602250748671, 0.0008887192334108974),
        *(-0.00034459145654991316, 6.9982096386297425e-06, -8.265941663207249e-05),
        *(0.00012437668912179616, 0.0004462804101854065, 0.0006465720963662683),
        *(0.000578528248665167, 0.0003195060770286638, 0.00010444741940478656),
        1.512084589612331e-05,
    ),
    erfc_half=2.5,
)
PRECISIONS = {"float": FLOAT, "double": DOUBLE}

# π/2 in four parts: a whole number below 2^27 times one of the first three is exact.
HALF_PI = (
    *(1.5707963407039642, -1.3909067675399456e-08),
    *(6.123234262925839e-17, -2.6718907338610155e-24),
)
# 2/π in three parts, of which the first two times a float are exact in double. For
# floats from `start` on, which are whole multiples of 2^shift, they are those of
# 2^shift · 2/π less its multiples of 4.
QUARTERS = (
    # start, shift, parts
    (0.0, 0, (0.6366197690367699, 3.330811459978378e-09, 1.6153797880892852e-17)),
    (
        *(2.0**51, 28),
        (-1.1058920994400978, -3.1143285172952062e-09, 2.0660684798758806e-17),
    ),
    (
        *(2.0**79, 56),
        (1.164003811776638, -1.9045202637180125e-09, 1.2021273058530458e-17),
    ),
    (
        *(2.0**107, 77),
        (0.9178809300065041, 1.5386096285929796e-09, -8.005583707906393e-18),
    ),
)
