"""Pages on charts of counts and of rare events."""

from __future__ import annotations

from tests.golden.spc_docs.page import Page

PAGES = (
    Page(
        "p",
        "p",
        "p chart",
        "the share of nonconforming parts, any number of parts a point",
        "Take it for the share of bad parts where the number inspected may vary. Subgroups must be large enough to "
        "show bad parts at all: with 1 % bad, a few hundred parts a point.",
        "A column of counts and one of sizes (`--size`). Parts that are 0 or 1 each: leave `--size` out and group "
        "them with `--subgroup 200`.",
        (
            "p        = sum of counts / sum of sizes          (phase 1)",
            "limits   = p ± nsigma · sqrt( p (1-p) / n_i ), cut to 0 and 1",
        ),
        "Montgomery, Statistical Quality Control, 7th ed., section 7.2; ISO 7870-2.",
        "--chart p --value bad --size inspected --phase1 1:20",
        also="Points far too wide or too narrow for these limits call for the [Laney p' chart](laney_p.md).",
    ),
    Page(
        "np",
        "np",
        "np chart",
        "the number of nonconforming parts, always as many parts a point",
        "Take it as the p chart where every point has the same number of parts, and people would rather read a count.",
        "A column of counts and one of sizes, all sizes equal.",
        (
            "p        = sum of counts / sum of sizes",
            "limits   = n p ± nsigma · sqrt( n p (1-p) ), cut to 0 and n",
        ),
        "Montgomery, Statistical Quality Control, 7th ed., section 7.2.",
        "--chart np --value bad --size inspected",
    ),
    Page(
        "c",
        "c",
        "c chart",
        "the number of defects on the same amount of product",
        "Take it where a unit may have several defects and each point looks at the same amount of product: defects a "
        "wafer, flaws a roll, stops a shift.",
        "A column of counts.",
        ("c        = mean count", "limits   = c ± nsigma · sqrt(c), cut at 0"),
        "Montgomery, Statistical Quality Control, 7th ed., section 7.3.",
        "--chart c --value flaws",
    ),
    Page(
        "u",
        "u",
        "u chart",
        "defects per unit, any amount of product a point",
        "Take it as the c chart where the amount of product differs from point to point. Sizes may be fractions of a "
        "unit.",
        "A column of counts and one of sizes in units.",
        (
            "u        = sum of counts / sum of sizes",
            "limits   = u ± nsigma · sqrt( u / n_i ), cut at 0",
        ),
        "Montgomery, Statistical Quality Control, 7th ed., section 7.3.2.",
        "--chart u --value flaws --size square_m",
    ),
    Page(
        "laney_p",
        "laney_p",
        "Laney p' chart",
        "shares of very many parts, which vary more than their counts say",
        "Take it where sizes are in the thousands and an ordinary p chart shows almost every point out: the share "
        "itself wanders a little from day to day, and the binomial limits know nothing of that.",
        "As the p chart.",
        (
            "z_i      = (p_i - p) / sqrt( p (1-p) / n_i )",
            "sigma_z  = mean of |z_i - z_(i-1)| / d2(2)",
            "limits   = p ± nsigma · sqrt( p (1-p) / n_i ) · sigma_z, cut to 0 and 1",
        ),
        "Laney, Quality Engineering 14 (2002) 531.",
        "--chart laney_p --value late --size orders",
    ),
    Page(
        "laney_u",
        "laney_u",
        "Laney u' chart",
        "rates of very many units, which vary more than their counts say",
        "Take it as the p' chart, for counts per unit.",
        "As the u chart.",
        (
            "z_i      = (u_i - u) / sqrt( u / n_i )",
            "sigma_z  = mean of |z_i - z_(i-1)| / d2(2)",
            "limits   = u ± nsigma · sqrt( u / n_i ) · sigma_z, cut at 0",
        ),
        "Laney, Quality Engineering 14 (2002) 531.",
        "--chart laney_u --value calls --size machines",
    ),
    Page(
        "g",
        "g",
        "g chart",
        "good cases between two rare events",
        "Take it where bad parts are so rare that a p chart shows zeros: count the good parts between two bad ones. "
        "A point above the upper limit is good news.",
        "A column of counts: good cases between one event and the next, from 0.",
        (
            "m        = mean count",
            "limits   = m ± nsigma · sqrt( m (m+1) ), cut at 0",
            "and      : geometric quantiles at 0.00135 and 0.99865 as probability limits",
        ),
        "Kaminsky, Benneyan, Davis and Burke, Journal of Quality Technology 24 (1992) 63; Benneyan 2001.",
        "--chart g --value good_between",
    ),
    Page(
        "t",
        "t",
        "t chart",
        "time between two rare events",
        "Take it as the g chart where time is known rather than the number of good parts: hours between two failures.",
        "A column of times between events, in the order they happened.",
        (
            "y        = time^(1/3.6), nearly normal where times are exponential",
            "limits   = mean y ± nsigma · mean MR(y) / d2(2), taken back to times",
        ),
        "Nelson, Journal of Quality Technology 26 (1994) 239; Montgomery, Statistical Quality Control, 7th ed., "
        "section 7.3.5.",
        "--chart t --value hours",
    ),
)
