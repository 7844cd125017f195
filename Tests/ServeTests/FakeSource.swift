import Foundation
import Serve
import Studies
import Synchronization

/// Studies that a test can change while they are served.
final class FakeSource: LiveStudySource {
  private let held: Mutex<[LiveStudy]>

  struct Broken: Error, CustomStringConvertible {
    let description = "the <store> is locked"
  }

  private let isBroken: Bool

  init(_ studies: [LiveStudy] = [], isBroken: Bool = false) {
    held = Mutex(studies)
    self.isBroken = isBroken
  }

  func set(_ studies: [LiveStudy]) { held.withLock { $0 = studies } }

  func studies() throws -> [LiveStudySummary] {
    if isBroken { throw Broken() }
    return held.withLock { $0 }.map { LiveStudySummary(name: $0.facts.name, title: $0.facts.title, counts: $0.counts) }
  }

  func study(named name: String) throws -> LiveStudy? {
    if isBroken { throw Broken() }
    return held.withLock { $0 }.first { $0.facts.name == name }
  }
}

extension LiveStudy {
  /// Two arms of three seeds: what is done, one run at its third epoch, the rest waiting.
  static func sample(_ name: String = "digits", title: String = "Two arms", arm: String = "new", done: Int = 3)
    -> LiveStudy
  {
    let facts = StudyFacts(
      name: name, title: title, arms: [ArmFacts("old"), ArmFacts(arm, baseline: "old")], seeds: [0, 1, 2],
      targets: [0.9])
    var runs: [LiveRun] = []
    for arm in ["old", arm] {
      for seed in [0, 1, 2] {
        let isDone = runs.count < done
        let isRunning = runs.count == done
        runs.append(
          LiveRun(
            arm: arm, seed: seed, state: isDone ? .done : isRunning ? .running : .pending,
            history: history(seed, epochs: isDone ? 10 : isRunning ? 3 : 0), plannedEpochs: 10))
      }
    }
    return LiveStudy(facts: facts, runs: runs)
  }

  /// The first half of the arms is done, the next one half done with a run at work, the others wait.
  static func large(arms: Int, seeds: Int) -> LiveStudy {
    let names = (0..<arms).map { "arm \($0)" }
    let facts = StudyFacts(
      name: "large", title: "Many arms", arms: names.map { ArmFacts($0, baseline: $0 == "arm 0" ? nil : "arm 0") },
      seeds: Array(0..<seeds))
    let runs = names.enumerated().flatMap { index, name in
      (0..<seeds).map { seed in
        let place = index == arms / 2 ? 2 * seed - seeds : 2 * index - arms
        let state: RunState = place < 0 ? .done : place == 0 ? .running : .pending
        return LiveRun(
          arm: name, seed: seed, state: state, history: history(seed, epochs: state == .done ? 2 : 0), plannedEpochs: 2)
      }
    }
    return LiveStudy(facts: facts, runs: runs)
  }

  private static func history(_ seed: Int, epochs: Int) -> History {
    History(
      epochs: (0..<epochs).map { epoch in
        let accuracy = 0.9 + 0.005 * Double(epoch) + 0.001 * Double(seed)
        return EpochRecord(
          epoch: epoch + 1, step: 100 * (epoch + 1),
          metrics: ["val_accuracy": accuracy, "loss": 1 / Double(epoch + 1)],
          trainingSeconds: 1)
      })
  }
}
