import Foundation
import Figures
import Studies

/// The list of all studies.
struct IndexPage: Sendable {
  private let studies: [LiveStudySummary]

  init(_ studies: [LiveStudySummary]) { self.studies = studies }

  var page: SiteResponse { live.page }
  var fragment: SiteResponse { live.fragment }

  private var live: LivePage {
    LivePage(
      title: "Studies", header: "<p class=\"eyebrow\">Tanren</p>\n<h1>Studies</h1>\n", address: "/live", main: list)
  }

  private var list: HTML {
    guard !studies.isEmpty else { return "<p class=\"lead\">No studies yet.</p>\n" }
    let items = studies.map { study -> HTML in
      let view = CountsView(counts: study.counts)
      return """
        <li>
        <h2><a href="\(StudyAddress.of(study.name))">\(study.title)</a></h2>
        \(view.bar)<p>\(study.name) · \(view.words)</p>
        </li>

        """
    }
    return "<ul class=\"studies\">\n\(items)</ul>\n"
  }
}

/// A study while it runs: its runs, the learning curves so far, and the verdicts if it ended now.
struct StudyPage: Sendable {
  private let study: LiveStudy
  private let sections: [PageSection]

  /// Runs that have a cell each at most.
  private static let boardLimit = 3000

  /// - Parameter report: on the study's finished runs.
  init(_ study: LiveStudy, report: StudyReport?) throws {
    self.study = study
    let key: HTML = "<p class=\"key\">One column per seed. A cell fills up as its run completes epochs.</p>\n"
    let isLarge = study.runs.count > Self.boardLimit
    var sections = [
      PageSection(
        id: "runs", heading: "Runs",
        content: isLarge ? ArmBoard(study: study).html : RunBoard(study: study).html + key)
    ]
    if !isLarge, study.runs.contains(where: { $0.stage != .final }) {
      let key: HTML = "<p class=\"key\">One column per trial and seed.</p>\n"
      let board = RunBoard(study: study, showsTrials: true).html
      sections.append(PageSection(id: "trials", heading: "Trials", content: board + key))
    }
    let isFinished = report != nil && study.begunRuns.count == study.finishedRuns.count
    // There is nothing to draw before a run has recorded the metric.
    if let drawn = isFinished ? report : try? study.curves(), let curves = CurveSection(drawn).section {
      sections.append(curves)
    }
    if let report {
      if let profiles = ProfileSection(report).section {
        sections.append(profiles)
      } else if let verdicts = VerdictSection(report, limit: PageFold.limit).section {
        let isOver = study.counts.pending + study.counts.running + study.counts.expected == 0
        sections.append(
          PageSection(id: verdicts.id, heading: isOver ? "Verdicts" : "So far", content: verdicts.content))
      }
      sections.append(PageSection(id: "report", heading: "Report", content: Self.links(study.facts)))
    }
    self.sections = sections
  }

  var page: SiteResponse { live.page }
  var fragment: SiteResponse { live.fragment }

  private var live: LivePage {
    let counts = study.counts
    let partial = study.runs.filter { $0.state == .running }.reduce(0) { $0 + $1.progress }
    let view = CountsView(counts: counts, partial: partial)
    return LivePage(
      title: study.facts.title,
      header: """
        <p class="eyebrow"><a href="/">All studies</a> · <b>\(study.facts.name)</b></p>
        <h1>\(study.facts.title)</h1>

        """,
      address: StudyAddress.of(study.facts.name) + "/live",
      main: """
        \(view.bar)<p class="facts">\(view.words).</p>
        \(sections.map(\.html))
        """)
  }

  private static func links(_ facts: StudyFacts) -> HTML {
    let address = StudyAddress.of(facts.name)
    let files =
      ([
        ("report.md", "Markdown"), ("report.tex", "LaTeX"), ("report.csv", "CSV, one row per arm"),
        ("runs.csv", "CSV, one row per value"),
      ] + (facts.search == nil ? [] : [("budgets.csv", "CSV of the search’s budgets")]) + [("report.json", "JSON")]).map
    { file, label -> HTML in " · <a href=\"\(address)/\(file)\">\(label)</a>" }
    return "<p><a href=\"\(address)/report\"><b>Report</b></a> on finished runs\(files)</p>\n"
  }
}

/// The final runs of a study, or its trials, with one row per arm and one column per seed, or per trial and seed. A cell
/// fills up as its run progresses.
struct RunBoard: Sendable {
  let study: LiveStudy
  var showsTrials = false

  private struct Column: Hashable {
    let trial: Int?
    let seed: Int

    init(_ run: LiveRun) { (trial, seed) = (run.stage.trial, run.seed) }
  }

  var html: HTML {
    let shown = study.runs.filter { ($0.stage != .final) == showsTrials }
    var columns: [Column] = []
    var seen: Set<Column> = []
    for run in shown where seen.insert(Column(run)).inserted { columns.append(Column(run)) }
    var places: [String: [Column: LiveRun]] = [:]
    for run in shown { places[run.arm, default: [:]][Column(run)] = run }
    let heads = columns.map { column -> HTML in "<th scope=\"col\">\(column.trial ?? column.seed)</th>" }
    let rows = study.facts.arms.enumerated().map { index, arm -> HTML in
      let cells = columns.map { column in places[arm.name]?[column].map(cell) ?? "<td></td>" }
      return "<tr><th scope=\"row\">\(Swatch(slot: index).html)\(arm.name)</th>\(cells)</tr>\n"
    }
    let caption: HTML = showsTrials ? "Trials by arm and number" : "Runs by arm and seed"
    let label: HTML = showsTrials ? "Trials" : "Runs"
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(label)">
      <table class="board">
      <caption>\(caption)</caption>
      <thead><tr><th></th>\(heads)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>

      """
  }

  private func cell(_ run: LiveRun) -> HTML {
    let metric = study.facts.metric.name
    let epoch = run.history.epochs.last?.epoch ?? 0
    let value = run.history.values(metric).last.map { ", \(metric) \($0.value)" } ?? ""
    let state =
      switch run.state {
      case .pending: "pending"
      case .running: "running, epoch \(epoch) of \(run.plannedEpochs)\(value)"
      case .done: "done\(value)"
      case .paused: "stopped after epoch \(epoch)\(value)"
      case .failed: "failed: \(run.error ?? "unknown reason")"
      }
    let trial = run.stage.trial.map { ", trial \($0)" } ?? ""
    let title = "\(run.arm)\(trial), seed \(run.seed): \(state)"
    let width = (run.progress * 1000).rounded() / 10
    let content: HTML = run.state == .failed ? "×" : "<i style=\"width:\("\(width)")%\"></i>"
    return "<td class=\"\(run.state.rawValue)\" title=\"\(title)\">\(content)</td>"
  }
}

/// The arms of a large study, each with a bar of its runs: first those that are at work or have failed, then those that wait.
struct ArmBoard: Sendable {
  let study: LiveStudy

  /// Arms with a bar at most.
  private static let limit = 50

  var html: HTML {
    var counts: [String: RunCounts] = [:]
    for run in study.runs { counts[run.arm, default: RunCounts()][run.state] += 1 }
    let arms = study.facts.arms.map { ($0.name, counts[$0.name] ?? RunCounts()) }
    func rank(_ counts: RunCounts) -> Int { counts.running + counts.failed > 0 ? 0 : counts.pending > 0 ? 1 : 2 }
    let sorted = (0...2).flatMap { place in arms.filter { rank($0.1) == place } }
    let rows = sorted.prefix(Self.limit).map { name, counts -> HTML in
      let view = CountsView(counts: counts)
      return "<li><h3>\(name)</h3>\(view.bar)<p class=\"key\">\(view.words)</p></li>\n"
    }
    let rest = sorted.dropFirst(Self.limit)
    let done = rest.count { rank($0.1) == 2 }
    let more: HTML =
      rest.isEmpty
      ? ""
      : "<p class=\"key\">\(rest.count) more arms, of which \(done) are done. The report has the results of all.</p>\n"
    return "<ul class=\"arms\">\n\(rows)</ul>\n\(more)"
  }
}

/// The number of runs in each state, as a bar and in words.
struct CountsView: Sendable {
  let counts: RunCounts
  /// The completed fractions of unfinished runs, added up.
  var partial = 0.0

  var bar: HTML {
    let total = Double(max(1, counts.total + counts.expected))
    func part(_ runs: Double, _ style: String) -> HTML {
      let width = (runs / total * 10_000).rounded() / 100
      return runs > 0 ? "<i class=\"\(style)\" style=\"width:\("\(width)")%\"></i>" : ""
    }
    let parts = [
      part(Double(counts.done + counts.paused), "done"), part(partial, "running"),
      part(Double(counts.failed), "failed"),
    ]
    return "<div class=\"bar\" role=\"img\" aria-label=\"\(words)\">\(parts)</div>\n"
  }

  /// "12 of 50 runs done, 2 running, 1 failed".
  var words: String {
    var parts = ["\(counts.done) of \(NumberText.count(counts.total, "run")) done"]
    if counts.paused > 0 { parts.append("\(counts.paused) stopped early") }
    if counts.running > 0 { parts.append("\(counts.running) running") }
    if counts.failed > 0 { parts.append("\(counts.failed) failed") }
    if counts.expected > 0 { parts.append("up to \(counts.expected) more to come") }
    return parts.joined(separator: ", ")
  }
}

/// The addresses of the pages of a study.
enum StudyAddress {
  /// The characters that RFC 3986 leaves unreserved; all others are percent-encoded.
  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

  static func of(_ name: String) -> String {
    "/studies/" + (name.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "")
  }
}
