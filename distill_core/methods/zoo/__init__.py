"""The methods, a file a paper or small family, in the order in which forms offer them."""

from distill_core.methods.zoo import (
    crd,
    ctkd,
    cwd,
    dist,
    dkd,
    dml,
    fitnet_at,
    function_matching,
    irg,
    kd,
    labels,
    logit_regression,
    logit_standardization,
    mlkd,
    nkd,
    ofa,
    reviewkd,
    rkd_pkt_sp,
    simkd,
    skd,
    srrl,
    tfkd,
    vid,
    wsld,
)

__all__ = ["MODULES"]

MODULES = (
    *(labels, kd, logit_regression, dkd, dist, nkd, logit_standardization, wsld, mlkd, ofa, tfkd),
    *(rkd_pkt_sp, irg, fitnet_at, vid, reviewkd, srrl, crd, simkd, cwd, skd),
    *(ctkd, dml, function_matching),
)
