import Figures

/// The one style sheet of all pages: light and dark, wide and narrow, screen and paper.
///
/// Without `<` and `&`, so that the page is well-formed XML.
enum PageStyle {
  /// How many colours figures have.
  static let colorCount = Palette.colors.count

  static var text: HTML {
    HTML(
      markup: [
        colors, base, header, sections, verdicts, tables, figures, narrow, print,
      ].joined(separator: "\n"))
  }

  private static var colors: String {
    let light = Palette.colors.enumerated().map { ".c\($0){background:\($1.light)}" }.joined()
    let dark = Palette.colors.enumerated().map { ".c\($0){background:\($1.dark)}" }.joined()
    return """
      :root{color-scheme:light dark;--paper:\(Palette.background.light);--ink:#1b1f24;--soft:#57606a;--rule:#dfe3e8;--wash:#f5f7f9;--link:#0b57d0;--better:#0a6b46;--worse:#b3301c;--open:#6b7480;--warned:#8a5a00}
      \(light)
      @media (prefers-color-scheme:dark){
      :root{--paper:\(Palette.background.dark);--ink:#e6edf3;--soft:#9aa5b1;--rule:#28303a;--wash:#161d25;--link:#8ab4f8;--better:#4fc995;--worse:#f58a73;--open:#98a3af;--warned:#e3b341}
      \(dark)
      }
      """
  }

  private static let base = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth}
    @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
    body{margin:0 auto;max-width:76rem;padding:0 clamp(1rem,4vw,3rem);background:var(--paper);color:var(--ink);font:400 1rem/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans','Hiragino Sans','Noto Sans CJK JP','Yu Gothic',sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
    h1,h2,.answer{font-family:Charter,'Bitstream Charter','Iowan Old Style','Palatino Linotype',Palatino,'Source Serif 4',Cambria,Georgia,'Hiragino Mincho ProN','Noto Serif CJK JP','Noto Serif',serif;font-variant-numeric:lining-nums}
    h1,h2,h3,p,ul,dl,dd,figure,pre{margin:0}
    ul{padding:0;list-style:none}
    a{color:var(--link)}
    small{font-size:.85em;color:var(--soft);font-weight:400}
    code,pre{font-family:ui-monospace,'SF Mono',SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:.86em}
    button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer}
    :focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:2px}
    .swatch{display:inline-block;width:.62em;height:.62em;border-radius:50%;margin-right:.5em;flex:none;print-color-adjust:exact;-webkit-print-color-adjust:exact}
    .better{--tone:var(--better)}.worse{--tone:var(--worse)}.open{--tone:var(--open)}.warned{--tone:var(--warned)}
    """

  private static let header = """
    header{margin-top:2.5rem;padding-top:1.1rem;border-top:4px solid var(--ink)}
    .eyebrow{font-size:.8rem;letter-spacing:.04em;color:var(--soft)}
    .eyebrow b{font-weight:600;color:var(--ink)}
    h1{font-size:clamp(1.75rem,4.2vw,2.75rem);line-height:1.12;font-weight:700;letter-spacing:-.012em;margin:.35rem 0 .9rem;text-wrap:balance}
    .answer{font-size:clamp(1.15rem,2.2vw,1.45rem);line-height:1.4;max-width:46rem;text-wrap:pretty}
    .facts{margin-top:.9rem;color:var(--soft);max-width:52rem}
    nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.25rem;margin-top:1.3rem;font-size:.88rem}
    nav a{color:var(--soft);text-decoration:none}
    nav a:hover{color:var(--ink);text-decoration:underline;text-underline-offset:.2em}
    """

  private static let sections = """
    section{display:grid;grid-template-columns:9.5rem minmax(0,1fr);gap:0 2rem;margin-top:2.2rem;padding-top:1.1rem;border-top:1px solid var(--rule)}
    h2{font-size:1.18rem;line-height:1.3;font-weight:700}
    .content{min-width:0}
    .content h3{font-size:.95rem;font-weight:600;margin:1.8rem 0 .6rem}
    .content h3:first-child{margin-top:0}
    .lead,.method{color:var(--soft);max-width:46rem;margin-bottom:1rem}
    .method li,.notes li{margin-bottom:.35rem}
    .notes{max-width:46rem;margin-bottom:1.4rem}
    .failures li{margin-bottom:.6rem}
    dl{display:grid;grid-template-columns:minmax(7rem,max-content) minmax(0,1fr);gap:.3rem 1.5rem}
    dt{color:var(--soft)}
    dd{overflow-wrap:anywhere}
    pre{white-space:pre-wrap;overflow-wrap:anywhere}
    .command{display:flex;align-items:flex-start;gap:1rem;justify-content:space-between;background:var(--wash);border-left:3px solid var(--ink);padding:.85rem 1rem;margin-bottom:1.4rem}
    .command button{font-size:.85rem;color:var(--link);min-width:4rem;text-align:right}
    .plan{margin-bottom:1.4rem}
    .plan summary{cursor:pointer;color:var(--soft);margin-bottom:.6rem}
    footer{margin:2.5rem 0 3rem;padding-top:1rem;border-top:1px solid var(--rule);color:var(--soft);font-size:.85rem}
    """

  private static let verdicts = """
    .verdicts li{display:grid;grid-template-columns:11rem minmax(8rem,1fr) 13.5rem;grid-template-areas:'name strip number' 'finding strip number' 'sentence sentence sentence';column-gap:1.5rem;padding:.8rem 0 .9rem;border-top:1px solid var(--rule)}
    .verdicts li:first-child{border-top:0;padding-top:.2rem}
    .content .verdicts h3{grid-area:name;margin:0;font-size:1.02rem;display:flex;align-items:baseline;overflow-wrap:anywhere;min-width:0}
    .verdicts h3 span{min-width:0}
    .verdicts h3 small,tbody th small{display:block}
    tbody th small{padding-left:1.14rem}
    .finding{grid-area:finding;color:var(--tone);font-weight:600;font-size:.88rem;padding-left:1.14rem}
    .verdicts .strip{grid-area:strip}
    .verdicts .number{grid-area:number;text-align:right;align-self:start;line-height:1.3}
    .number b{font-size:1.3rem;font-weight:600;letter-spacing:-.01em;color:var(--tone)}
    .number .range{display:block;color:var(--soft);font-size:.86rem}
    .sentence{grid-area:sentence;color:var(--soft);font-size:.9rem;margin-top:.3rem;padding-left:1.14rem}
    .strip svg{display:block;width:100%;height:3.1rem;overflow:visible}
    .strip line{stroke:var(--rule);stroke-width:1}
    .strip .zero{stroke:var(--soft);stroke-width:1.25}
    .strip .interval{stroke:var(--tone);stroke-width:3;stroke-linecap:round}
    .strip .mean{fill:var(--tone);stroke:var(--paper);stroke-width:1.5}
    .strip .seed{fill:var(--tone);opacity:.28}
    .verdicts .axis{padding:0;border-top:0;grid-template-areas:'. strip .' '. sides .'}
    .axis .strip{position:relative;height:1.3rem;font-size:.78rem;color:var(--soft)}
    .axis .strip span{position:absolute;transform:translateX(-50%);white-space:nowrap}
    .axis .sides{grid-area:sides;display:flex;justify-content:space-between;gap:.5rem;font-size:.78rem;color:var(--soft)}
    """

  private static let tables = """
    .scroll{position:relative;overflow-x:auto;margin:0 0 1.2rem;scrollbar-width:thin}
    table{border-collapse:collapse;font-size:.88rem;min-width:100%}
    table.few{min-width:0}
    .few th,.few td{padding-right:2.4rem}
    caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    th,td{padding:.42rem .6rem;text-align:left;vertical-align:baseline;white-space:nowrap}
    th:first-child,td:first-child{padding-left:0}
    th:last-child,td:last-child{padding-right:.2rem}
    thead th{white-space:normal;line-height:1.3;font-weight:500;color:var(--soft);border-bottom:1.5px solid var(--ink);vertical-align:bottom}
    tbody th{font-weight:500}
    tbody tr{border-bottom:1px solid var(--rule)}
    tbody tr:last-child{border-bottom:1.5px solid var(--ink)}
    .number{text-align:right}
    .leader th,.leader .number{font-weight:650}
    .stacked small{display:block;line-height:1.25}
    .mark{font-style:normal;color:var(--tone)}
    .spoken{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    td.soft{color:var(--soft);font-weight:400}
    td.better,td.worse,td.warned,span.warned,ul.warned{color:var(--tone)}
    ul.warned{margin-bottom:1rem}
    thead button{color:inherit;font-weight:inherit;text-align:inherit}
    thead button:hover{color:var(--ink)}
    th[aria-sort=ascending] button::before{content:'↑ '}
    th[aria-sort=descending] button::before{content:'↓ '}
    th[aria-sort] button{color:var(--ink)}
    [hidden]{display:none!important}
    .tools{display:flex;flex-wrap:wrap;align-items:baseline;gap:.3rem 1rem;margin-bottom:.6rem;font-size:.88rem;color:var(--soft)}
    .tools input{font:inherit;color:var(--ink);background:var(--wash);border:1px solid var(--rule);padding:.25rem .5rem;width:min(16rem,100%)}
    .tools button{color:var(--link)}
    """

  private static let figures = """
    figure{margin:0 0 1.4rem}
    figure svg{display:block;width:100%;height:auto}
    figure .wide svg{width:calc(100% + 2rem);margin:0 -1rem}
    figure .narrow{display:none}
    figcaption{color:var(--soft);font-size:.88rem;max-width:46rem;margin-top:.4rem}
    figure .tanren-figure .page{fill:none}
    """

  private static let narrow = """
    @media (max-width:60rem){
    section{display:block}
    h2{margin-bottom:.9rem;font-size:1.3rem}
    }
    @media (max-width:40rem){
    header{margin-top:1.2rem}
    figure .wide{display:none}
    figure .narrow{display:block}
    figure .narrow svg{width:calc(100% + 2rem);margin:0 -1rem}
    figure .narrow svg+svg{margin-top:.6rem}
    .verdicts li{grid-template-columns:minmax(0,1fr) auto;grid-template-areas:'name number' 'finding number' 'strip strip' 'sentence sentence'}
    .verdicts .axis{grid-template-areas:'strip strip' 'sides sides'}
    .number b{font-size:1.15rem}
    .finding,.sentence{padding-left:0}
    .strip svg{height:2.4rem}
    thead th:first-child,tbody th{position:sticky;left:0;background:var(--paper);padding-right:.9rem;white-space:normal;min-width:6.5rem;max-width:9rem;z-index:1}
    tbody th:has(.swatch){padding-left:1.14rem}
    tbody th .swatch{position:absolute;margin:.45em 0 0 -1.14rem}
    tbody th small{padding-left:0}
    .few th,.few td{padding-right:.8rem}
    dl{grid-template-columns:minmax(0,1fr);gap:0}
    dd{margin-bottom:.6rem}
    }
    """

  private static let print = """
    @page{margin:16mm 15mm}
    @media print{
    html{font-size:9.5pt}
    body{max-width:none;padding:0}
    header{margin-top:0}
    section{display:block;margin-top:1.4rem;padding-top:.8rem}
    h2{margin-bottom:.7rem}
    h1,h2,h3{break-after:avoid}
    figure,tr,thead,.scroll,.verdicts li,.command{break-inside:avoid}
    figure .wide svg{width:100%;margin:0}
    nav,.command button,.tools{display:none}
    footer{margin:1rem 0 0;padding-top:.5rem}
    .scroll{overflow:visible}
    table{font-size:7.5pt}
    th,td{padding:.3rem .45rem}
    .lead,.method,.facts,.answer,figcaption{max-width:none}
    }
    """
}
