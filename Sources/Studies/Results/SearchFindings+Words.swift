import Configuration

extension SearchedArm {
  /// An arm with the settings that the search has found; as it is written while they aren't known, and where the
  /// studies of the search have found several.
  func tuned(_ arm: Arm) -> Arm {
    let found = chosenTrials.map { $0?.settings }
    guard let first = found.first, let settings = first, found.allSatisfy({ $0 == settings }) else { return arm }
    return Arm(arm.name, settings: arm.settings + settings, published: arm.published)
  }
}

extension SearchFindings {
  /// How settings were chosen, and what was found: a sentence each. The arms are judged by one metric.
  func notes() throws(ConfigurationError) -> [String] {
    guard let first = arms.first else { return [] }
    let held = "\((search.judge.fraction * 100).shortText) % of the training data, held out"
    let judge =
      first.target.map { "the gradient evaluations until \(first.metric.name) reached \($0.shortText) on \(held)" }
      ?? "\(first.metric.name) on \(held)"
    let repeats = search.repeats > 1 ? ", the median of \(search.repeats) seeds" : ""
    let studies = search.studies > 1 ? "in \(search.studies) studies, whose results the seeds take turns with" : ""
    let budget = "\(search.budgetText) per arm\(studies.isEmpty ? "" : " and study, \(studies)")"
    var notes = [
      "Settings were searched with \(budget), drawn by \(search.sampler), judged by \(judge)\(repeats); "
        + "the runs compared have other seeds and the whole training data."
    ]
    for arm in arms {
      var found: [String] = []
      for case let trial? in arm.chosenTrials {
        found.append(trial.isWritten ? "as written" : try trial.settingsText())
      }
      if arm.space == nil {
        notes.append("\(arm.arm): nothing was searched.")
      } else if !found.isEmpty {
        notes.append("\(arm.arm): \(found.uniqued.joined(separator: "; ")).")
      }
    }
    return notes
  }
}

extension SettingSearch {
  /// "20 trials", "600 seconds".
  public var budgetText: String {
    switch budget {
    case .trials(let count): count == 1 ? "1 trial" : "\(count) trials"
    case .seconds(let seconds): "\(seconds.shortText) seconds"
    case .gradients(let count): "\(count.shortText) gradient evaluations"
    }
  }
}

extension SearchTrial {
  /// "optimizer.learningRate=0.1 optimizer.momentum=0.9".
  /// - Throws: `ConfigurationError` for a value that can't be read.
  public func settingsText() throws(ConfigurationError) -> String {
    var texts: [String] = []
    for setting in settings { texts.append("\(setting.path)=\(try setting.value())") }
    return texts.joined(separator: " ")
  }
}

extension Double {
  fileprivate var shortText: String { OptionValue.number(self).description }
}
