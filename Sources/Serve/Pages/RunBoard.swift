import Studies

/// Every run of a study, a row an arm and a column a seed, filled as far as the run is.
struct RunBoard: Sendable {
  let study: LiveStudy

  var html: HTML {
    var seeds: [Int] = []
    var seen: Set<Int> = []
    for run in study.runs where seen.insert(run.seed).inserted { seeds.append(run.seed) }
    var places: [String: [Int: LiveRun]] = [:]
    for run in study.runs { places[run.arm, default: [:]][run.seed] = run }
    let heads = seeds.map { seed -> HTML in "<th scope=\"col\">\(seed)</th>" }
    let rows = study.facts.arms.enumerated().map { index, arm -> HTML in
      let cells = seeds.map { seed in places[arm.name]?[seed].map(cell) ?? "<td></td>" }
      return "<tr><th scope=\"row\">\(Swatch(slot: index).html)\(arm.name)</th>\(cells)</tr>\n"
    }
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="Runs">
      <table class="board">
      <caption>Runs: a row an arm, a column a seed</caption>
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
      case .pending: "waits"
      case .running: "runs, epoch \(epoch) of \(run.plannedEpochs)\(value)"
      case .done: "done\(value)"
      case .failed: "failed: \(run.error ?? "no reason was recorded")"
      }
    let title = "\(run.arm), seed \(run.seed): \(state)"
    let width = (run.progress * 1000).rounded() / 10
    let content: HTML = run.state == .failed ? "×" : "<i style=\"width:\("\(width)")%\"></i>"
    return "<td class=\"\(run.state.rawValue)\" title=\"\(title)\">\(content)</td>"
  }
}
