import ArgumentParser
import Foundation
import Tanren

/// `tanren study plan`: a preview of a plan.
struct StudyPlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what a plan would run and estimate how long it takes.",
    discussion: """
      Nothing is run unless you pass --calibrate. Estimates are based on similar runs in the store.
      """)

  @Argument(help: PlanWords.help)
  var words: [String] = []

  @OptionGroup var store: StoreOptions
  @OptionGroup(title: "Device options") var device: DeviceOptions

  @OptionGroup var limits: MemoryOptions

  @Flag(help: "Train two epochs of each kind of run without similar runs in the store.")
  var calibrate = false

  @Flag(help: "Print the plan with all overrides as YAML and exit.")
  var yaml = false

  func run() throws {
    let terminal = Terminal.current()
    let plan = try PlanWords(words).plan(store: store)
    let arms = try plan.plannedArms()
    _ = try plan.runs()
    if yaml {
      terminal.write(try plan.yaml())
      return
    }
    if calibrate { try device.start() }
    var estimator = StudyEstimator(
      store: FileManager.default.fileExists(atPath: store.path) ? try store.open(.read) : nil)
    estimator.calibrates = calibrate
    estimator.memory = limits.memory?.bytes
    let estimate = try estimator.estimate(plan)
    terminal.write("\(plan.title)\n")
    var table = TextTable(["arm", "settings", "compared with"])
    for arm in arms {
      let settings = try (plan.base + arm.arm.settings).reduce(into: [String: String]()) {
        $0[$1.path] = try $1.value().description
      }
      let own = Set(arm.arm.settings.map(\.path))
      let text = settings.filter { own.contains($0.key) }.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      table.append([TableCell(arm.arm.name), TableCell(text.joined(separator: " ")), TableCell(arm.baseline ?? "")])
    }
    terminal.write(table.text(colors: terminal.colors))
    terminal.write("all arms: " + (try plan.base.map { "\($0.path)=\(try $0.value())" }).joined(separator: " ") + "\n")
    terminal.write("seeds: \(try seeds(plan))")
    terminal.write(plan.workloads.isEmpty ? "; compared by \(Self.text(plan.metric))\n" : "\n")
    for workload in plan.workloads {
      terminal.write(
        "workload \(workload.name): compared by \(Self.text(workload.metric)), "
          + "and by the time to \(NumberText.shortest(workload.target))\n")
    }
    if let search = plan.search { terminal.write(try text(search, of: plan)) }
    terminal.write(text(estimate) + "\n")
  }

  private static func text(_ metric: PrimaryMetric) -> String {
    "\(metric.name), \(metric.better.rawValue) is better, at the \(metric.reading.rawValue) epoch"
  }

  /// The stages of a search, and what each arm varies.
  private func text(_ search: SettingSearch, of plan: StudyPlan) throws -> String {
    let studies = search.studies > 1 ? " in each of \(search.studies) studies" : ""
    let repeats = search.repeats > 1 ? " with \(search.repeats) seeds each, whose median counts" : ""
    let metric = plan.workloads.isEmpty ? plan.metric.name : "each workload's metric"
    var lines = [
      "search: \(search.budgetText) per arm\(studies)\(repeats), by \(search.sampler), pruning: \(search.pruner)",
      "  judged by \(metric) on \(NumberText.shortest(search.judge.fraction * 100)) % of the training data, "
        + "held out; the test set isn't used",
    ]
    for arm in try PlanUnfolder(plan).findings(given: KnownResults())?.arms ?? [] {
      let axes = arm.space?.dimensions.map { "\($0.setting): \($0.scale.notation)" }
      lines.append("  \(arm.arm): " + (axes?.joined(separator: ", ") ?? "nothing to search, trained as written"))
    }
    lines.append("then each arm's best settings with the plan's seeds, all training data and the test set")
    return lines.map { $0 + "\n" }.joined()
  }

  private func seeds(_ plan: StudyPlan) throws -> String {
    guard let untilDecided = plan.untilDecided, let design = try plan.sequentialDesign() else {
      return plan.seeds.map(String.init).joined(separator: ", ")
    }
    return "\(SeedList.text(plan.seeds, untilDecided: untilDecided)), first look after \(design.first)"
      + (plan.margin.map { ", equivalent within ±\(NumberText.shortest($0))" } ?? "")
  }

  private func text(_ estimate: StudyEstimate) -> String {
    var lines = ["\(estimate.runs) runs" + (estimate.done > 0 ? ", \(estimate.done) of them done already" : "")]
    if estimate.expected > 0 { lines[0] += ", and up to \(estimate.expected) more that follow from their results" }
    guard estimate.done < estimate.runs + estimate.expected else { return lines[0] }
    lines.append(
      "to do: \(estimate.epochs) epochs"
        + (estimate.steps.map { ", \($0) steps" } ?? "; the number of steps is unknown without the data"))
    if let seconds = estimate.seconds {
      lines.append("estimated time: \(NumberText.duration(seconds)) by one process")
    } else {
      let arms = estimate.untimed.prefix(3).joined(separator: ", ") + (estimate.untimed.count > 3 ? ", …" : "")
      lines.append("estimated time: unknown until the first run of \(arms); --calibrate measures it")
    }
    return lines.joined(separator: "\n")
  }
}
