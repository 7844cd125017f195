/// How to repeat the study: the command, the plan, the environment and the methods of computation.
struct RepeatSection: Sendable {
  let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var section: PageSection? {
    let facts = report.facts
    let command: HTML =
      facts.command.isEmpty
      ? "" : "<div class=\"command\"><pre><code>\(facts.command)</code></pre></div>\n"
    let plan: HTML =
      facts.plan.map {
        "<details class=\"plan\"><summary>Plan, to be saved as \(facts.name).yml</summary>\n"
          + "<div class=\"command\"><pre><code>\($0)</code></pre></div>\n</details>\n"
      } ?? ""
    let seeds: HTML = facts.seeds.isEmpty ? "" : "<dt>Seeds</dt><dd>\(SeedList.ranges(facts.seeds))</dd>\n"
    let rows = facts.environment.map { fact -> HTML in "<dt>\(fact.name)</dt><dd>\(fact.value)</dd>\n" }
    let list: HTML = facts.environment.isEmpty && facts.seeds.isEmpty ? "" : "<dl>\n\(seeds)\(rows)</dl>\n"
    let method = ReportWords(report).method.map { sentence -> HTML in "<li>\(sentence)</li>\n" }
    return PageSection(
      id: "repeat", heading: "Reproduce",
      content: "\(command)\(plan)\(list)<h3>Methods</h3>\n<ul class=\"method\">\n\(method)</ul>\n")
  }
}
