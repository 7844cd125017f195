// Is it the method or the seed? A study that is written, run and judged in Swift.
//
//   swift run StudyInSwift [EPOCHS]
//
// Runs are kept in out/study-in-swift.sqlite: give the same command again, and only what is missing is run.

import Foundation
import Tanren

func study(epochs: Int) throws {
  var plan = StudyPlan(
    name: "momenta", title: "Does momentum help on drawn digits?",
    base: [
      "data": "syntheticDigits(train: 3000, test: 1000)", "model": "mlp(hidden: [50], activation: hSwish)",
      "batchSize": "50", "epochs": "\(epochs)",
    ],
    arms: [
      Arm("sgd") { $0.optimizer = SGD(learningRate: 0.05) },
      Arm("momentum") { $0.optimizer = Momentum(learningRate: 0.05, momentum: 0.9) },
      Arm("nesterov") { $0.optimizer = Nesterov(learningRate: 0.05, momentum: 0.9) },
    ],
    seeds: Array(0..<8), metric: PrimaryMetric("val_accuracy"), baseline: "sgd")
  plan.targets = [0.8, 0.9]

  var runner = StudyRunner(try StudyStore("out/study-in-swift.sqlite"))
  runner.report = { event in
    if case .runEnded(let run, let history) = event {
      print(
        "[\(run.number)/\(run.count)] \(run.arm), seed \(run.seed): \(history.values("val_accuracy").last?.value ?? .nan)"
      )
    }
  }
  let report = try StudyReport(runner.run(plan))
  print("\n" + (try report.text(.terminal)))
  try report.text(.html).write(toFile: "out/study-in-swift.html", atomically: true, encoding: .utf8)

  // Verdicts are values too.
  for comparison in report.comparisons where comparison.verdict.finding == .better {
    print("\(comparison.candidate) is worth its name: p = \(comparison.adjustedP ?? .nan)")
  }
}

do {
  try study(epochs: CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5)
} catch {
  FileHandle.standardError.write(Data("StudyInSwift: \(error)\n".utf8))
  exit(1)
}
