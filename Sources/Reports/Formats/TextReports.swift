import Figures

/// A report for a terminal: the answer first, then the verdicts, tables and a plot.
public struct TerminalReport: Sendable {
  private let report: StudyReport
  private let terminal: Terminal

  public init(_ report: StudyReport, terminal: Terminal = Terminal(isInteractive: false)) {
    self.report = report
    self.terminal = terminal
  }

  /// - Parameter chart: whether to draw the metric over the epochs.
  public func text(chart: Bool = false) -> String {
    let tables = ReportTables(report, isCompact: true)
    let words = ReportWords(report)
    let colors = terminal.colors
    var parts = [
      TerminalText.styled(Markup.terminal(report.facts.title), .strong, colors: colors) + "\n"
        + wrapped(report.headline) + wrapped(words.sentences.joined(separator: " "))
    ]
    if let workloads = report.workloads {
      return (parts + self.parts(WorkloadWords(workloads)) + end).joined(separator: "\n")
    }
    let metric = report.facts.metric.name
    if chart, report.facts.isTraining,
      let figure = ReportFigures(report).curves(of: metric, title: ReportStyle.words(metric).capitalizedFirst)
    {
      parts.append(TerminalChart(figure, width: min(terminal.width, 100)).text(colors: colors))
    }
    parts.append(tables.results.text(colors: colors))
    if !report.comparisons.isEmpty {
      parts.append(words.verdicts.map { wrapped("· " + $0, indent: 2) }.joined())
    }
    if let search = report.search { parts += self.search(SearchWords(search)) }
    if !report.published.isEmpty {
      parts.append(tables.published.text(colors: colors) + wrapped(words.publishedNote))
    }
    parts.append(tables.costs.text(colors: colors))
    return (parts + end).joined(separator: "\n")
  }

  /// Runs that failed, and how to repeat the study.
  private var end: [String] {
    let failures = report.facts.failures.map {
      wrapped("failed: \($0.arm), seed \($0.seed): \($0.message)", indent: 2)
    }
    return (failures.isEmpty ? [] : [failures.joined()])
      + (report.facts.command.isEmpty ? [] : ["Reproduce: \(Markup.terminal(report.facts.command))\n"])
  }

  private func parts(_ words: WorkloadWords) -> [String] {
    let colors = terminal.colors
    return [words.scores.text(colors: colors) + wrapped(words.lead)]
      + words.found.workloads.map { workload in
        TerminalText.styled(Markup.terminal(workload.name), .strong, colors: colors) + "\n"
          + wrapped(words.lead(workload)) + words.results(workload).text(colors: colors)
      }
  }

  private func search(_ words: SearchWords) -> [String] {
    let notes = (words.warnings.map { "⚠ " + $0 } + words.budgets).map { wrapped($0, indent: 2) }.joined()
    let sensitivities = words.sensitivities
    return [words.found(isCompact: true).text(colors: terminal.colors) + wrapped(words.lead), notes]
      .filter { !$0.isEmpty }
      + (sensitivities.rows.isEmpty
        ? [] : [sensitivities.text(colors: terminal.colors) + wrapped(words.sensitivityNote)])
  }

  /// Lines no wider than the terminal, those after the first indented.
  private func wrapped(_ text: String, indent: Int = 0) -> String {
    let width = max(20, min(terminal.width, 100))
    var lines: [String] = []
    var line = ""
    for word in Markup.terminal(text).split(separator: " ") {
      let margin = lines.isEmpty ? 0 : indent
      if !line.isEmpty, margin + DisplayWidth.of(line) + 1 + DisplayWidth.of(String(word)) > width {
        lines.append(String(repeating: " ", count: margin) + line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " " + word
    }
    if !line.isEmpty { lines.append(String(repeating: " ", count: lines.isEmpty ? 0 : indent) + line) }
    return lines.map { $0 + "\n" }.joined()
  }
}

/// A report as GitHub-flavoured Markdown.
struct MarkdownReport: Sendable {
  private let tables: ReportTables

  init(_ report: StudyReport) { tables = ReportTables(report) }

  private var report: StudyReport { tables.report }

  var text: String {
    let facts = report.facts
    let words = ReportWords(report)
    var parts = [
      "# \(escaped(facts.title))", escaped(report.headline), words.sentences.map(escaped).joined(separator: " "),
    ]
    if let workloads = report.workloads { return finished(parts + Self.parts(workloads)) }
    if !report.comparisons.isEmpty {
      parts.append("## Verdicts")
      parts.append(words.verdicts.map { "- \(escaped($0))" }.joined(separator: "\n"))
      parts.append(tables.comparisons.markdown())
    }
    parts += ["## Results", tables.results.markdown()]
    if let search = report.search.map(SearchWords.init) {
      parts += ["## Search", escaped(search.lead), search.found().markdown()]
      parts.append(
        (search.warnings.map { "⚠ " + $0 } + search.budgets).map { "- \(escaped($0))" }.joined(separator: "\n"))
      if !search.sensitivities.rows.isEmpty {
        parts += [search.sensitivities.markdown(), escaped(search.sensitivityNote)]
      }
    }
    if !report.published.isEmpty { parts += ["## Published values", tables.published.markdown(), words.publishedNote] }
    return finished(parts, costs: true)
  }

  /// The report with its end: failures, costs, and what it takes to repeat the study.
  private func finished(_ parts: [String], costs: Bool = false) -> String {
    let facts = report.facts
    var parts = parts
    if !facts.failures.isEmpty {
      let failures = facts.failures.map { escaped("\($0.arm), seed \($0.seed): \($0.message)") }
      parts += ["## Failed runs", failures.map { "- \($0)" }.joined(separator: "\n")]
    }
    if costs { parts += ["## Costs", tables.costs.markdown()] }
    if !facts.environment.isEmpty { parts += ["## Environment", tables.environment.markdown()] }
    if !facts.command.isEmpty { parts += ["## Reproduce", fenced(facts.command)] }
    parts += ["## Methods", ReportWords(report).method.map(escaped).joined(separator: " ")]
    return parts.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.filter { !$0.isEmpty }.joined(
      separator: "\n\n")
      + "\n"
  }

  /// Text whose characters all stand for themselves, also at the start of a line.
  static func escaped(_ text: String) -> String {
    let line = Markup.markdown(text)
    return line.first.map { "#+-=>".contains($0) } ?? false ? "\\" + line : line
  }

  private func escaped(_ text: String) -> String { Self.escaped(text) }

  private func fenced(_ text: String) -> String {
    var fence = "```"
    while text.contains(fence) { fence += "`" }
    return "\(fence)sh\n\(text)\n\(fence)"
  }
}

/// The tables of a report for a paper, in the style of `booktabs`.
struct LaTeXReport: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var text: String {
    let tables = ReportTables(report)
    let words = ReportWords(report)
    if let workloads = report.workloads { return self.text(WorkloadWords(workloads)) }
    var parts = [
      "% Needs \\usepackage{booktabs,amssymb}.", float(tables.results, caption: words.resultsCaption, label: "results"),
    ]
    if !report.comparisons.isEmpty {
      parts.append(float(tables.comparisons, caption: words.comparisonsCaption, label: "comparisons"))
    }
    if !report.published.isEmpty {
      parts.append(float(tables.published, caption: words.publishedNote, label: "published"))
    }
    if let search = report.search.map(SearchWords.init) {
      let caption = search.lead + (search.hasEdges ? " A star marks a setting at an end of its scale." : "")
      parts.append(float(search.found(edge: "*"), caption: caption, label: "search"))
      if !search.sensitivities.rows.isEmpty {
        parts.append(float(search.sensitivities, caption: search.sensitivityNote, label: "sensitivities"))
      }
    }
    parts.append(float(tables.costs, caption: "Cost of the runs; times are medians.", label: "costs"))
    return parts.joined(separator: "\n\n") + "\n"
  }

  private func text(_ words: WorkloadWords) -> String {
    let scores = float(words.scores, caption: words.lead, label: "profiles")
    let workloads = words.found.workloads.map {
      float(words.results($0), caption: "\($0.name). \(words.lead($0))", label: "workload-\($0.name)")
    }
    return (["% Needs \\usepackage{booktabs,amssymb}.", scores] + workloads).joined(separator: "\n\n") + "\n"
  }

  private func float(_ table: TextTable, caption: String, label: String) -> String {
    """
    \\begin{table}
      \\centering
      \\caption{\(Markup.latex(caption))}
      \\label{tab:\(label)}
    \(table.latex().split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
    \\end{table}
    """
  }
}
