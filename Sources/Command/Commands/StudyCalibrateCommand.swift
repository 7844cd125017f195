import ArgumentParser
import Tanren

/// `tanren study calibrate`: how often comparisons of an arm with itself end in a verdict.
struct StudyCalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Compare an arm with itself many times and report the rate of false verdicts.",
    discussion: """
      Every comparison trains the arm with seeds of its own, two runs per pair. There is no difference to find, so the \
      rate of verdicts should be at most alpha, 0.05, for a fixed number of seeds and for seeds until decided. The runs \
      are kept in the store as a study of their own: repeat the command to resume.

      Examples:
        tanren study calibrate rates.yml --arm adam --comparisons 200 --seeds 12
      """)

  @Argument(help: PlanWords.help)
  var words: [String] = []

  @Option(help: ArgumentHelp("Arm to compare with itself. (default: the first one)", valueName: "name"))
  var arm: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of comparisons.", valueName: "n"))
  var comparisons = 200

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Pairs of runs per comparison: all of the fixed design, the most of the sequential.", valueName: "n"))
  var seeds = 12

  @OptionGroup var store: StoreOptions
  @OptionGroup(title: "Device options") var device: DeviceOptions
  @OptionGroup var parallel: ParallelOptions

  @Flag(help: "Never download data.")
  var offline = false

  @Flag(help: "Print the result only.")
  var quiet = false

  func run() throws {
    guard (1...10_000).contains(comparisons) else {
      throw UsageError("--comparisons is \(comparisons), but must be between 1 and 10000")
    }
    // A number of seeds that decides nothing is an error before anything is trained.
    _ = try SequentialDesign(maximum: seeds, first: nil, alpha: 0.05, comparisons: 1)
    let plan = try calibrationPlan(of: PlanWords(words).plan(store: store))
    let pool = try parallel.workerPool(for: plan, on: device)
    try device.start(threads: pool.threads)
    let terminal = Terminal.current()
    let opened = try store.open(.create)
    var runner = pool.runner(
      on: opened, device: device, study: plan.name, offline: offline,
      progress: StudyProgress(terminal, isQuiet: quiet))
    runner.progress = quiet ? nil : DownloadReport().progress
    Interruption.endsProcess()
    let results = try runner.run(plan)
    let runs = results.finalRuns.sorted { $0.seed < $1.seed }
    try StudyFailures(StudyTables(results).failures).check()
    let found = try SelfComparison(runs.map { plan.metric.value(of: $0.history) ?? .nan }, seeds: seeds)
    terminal.write(text(found, plan))
  }

  /// The arm alone, with two seeds for each pair.
  private func calibrationPlan(of plan: StudyPlan) throws -> StudyPlan {
    let planned = try plan.plannedArms()
    guard let found = arm.map({ name in planned.first { $0.arm.name == name } }) ?? planned.first else {
      throw ConfigurationError.unknownName(
        kind: "arm", name: arm ?? "", known: planned.map(\.arm.name), origin: "--arm")
    }
    let chosen = found.arm
    return StudyPlan(
      name: "\(plan.name)-calibration", title: "\(chosen.name) compared with itself: \(plan.title)", base: plan.base,
      arms: [Arm(chosen.name, settings: chosen.settings)], seeds: Array(0..<2 * seeds * comparisons),
      metric: found.workload?.metric ?? plan.metric)
  }

  private func text(_ found: SelfComparison, _ plan: StudyPlan) -> String {
    func percent(_ value: Double) -> String { NumberText.decimal(value * 100, places: 1) }
    var table = TextTable([
      "design", TableColumn("false verdicts", .right), TableColumn("of", .right), TableColumn("rate, %", .right),
      TableColumn("95% interval, %", .right),
    ])
    let rows = [
      ("\(found.seeds) seeds, one look", found.fixed),
      ("until decided (first \(found.first), at most \(found.seeds))", found.sequential),
      ("a fixed test after each seed, not valid", found.peeking),
    ]
    for (name, rate) in rows {
      table.append([
        TableCell(name), TableCell("\(rate.count)"), TableCell("\(rate.total)"), TableCell(percent(rate.value)),
        TableCell("\(percent(rate.interval.lower))–\(percent(rate.interval.upper))"),
      ])
    }
    let diverged = found.diverged > 0 ? "\(NumberText.count(found.diverged, "comparison")) diverged.\n" : ""
    return "\(plan.arms[0].name) compared with itself by \(plan.metric.name), alpha \(percent(found.alpha))%\n"
      + table.text(colors: Terminal.current().colors) + diverged
  }
}
