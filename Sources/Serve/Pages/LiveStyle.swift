import Studies

/// What live pages need beyond the styles of reports.
enum LiveStyle {
  static let text: HTML = """
    .pulse{display:flex;align-items:center;gap:.5rem;margin-top:.8rem;font-size:.85rem;color:var(--soft)}
    .pulse i{width:.55rem;height:.55rem;border-radius:50%;background:var(--better);animation:pulse 2s ease-in-out infinite}
    .pulse.lost i{background:var(--worse);animation:none}
    @keyframes pulse{50%{opacity:.25}}
    @media (prefers-reduced-motion:reduce){.pulse i{animation:none}}
    .bar{display:flex;height:.5rem;background:var(--rule);margin:.8rem 0 .5rem;overflow:hidden;max-width:46rem}
    .bar i{display:block;height:100%}
    .bar .done{background:var(--ink)}
    .bar .running{background:var(--link)}
    .bar .failed{background:var(--worse)}
    .board{border-collapse:separate;border-spacing:2px;min-width:0}
    .board th{padding:0 .8rem 0 0;white-space:nowrap;vertical-align:middle}
    .board tbody th{max-width:none}
    .board thead th{border:0;padding:.2rem 0;text-align:center;font-size:.78rem}
    .board tbody tr,.board tbody tr:last-child{border:0}
    .board td{padding:0;width:2.6rem;min-width:1.6rem;height:1.5rem;background:var(--wash)}
    .board td i{display:block;height:100%}
    .board .done i{background:var(--ink);opacity:.8}
    .board .running{outline:1.5px solid var(--link);outline-offset:-1.5px}
    .board .running i{background:var(--link)}
    .board .failed{background:none;outline:1.5px solid var(--worse);outline-offset:-1.5px;color:var(--worse);text-align:center;font-weight:700;line-height:1.5rem}
    .key{font-size:.85rem;color:var(--soft)}
    main{padding-bottom:2.5rem}
    .studies li{padding:1rem 0;border-top:1px solid var(--rule)}
    .studies li:first-child{border-top:0}
    .studies h2{font-size:1.25rem}
    .studies a{color:inherit;text-decoration:none}
    .studies a:hover{text-decoration:underline;text-underline-offset:.15em}
    .studies p{color:var(--soft);font-size:.92rem}
    """
}
