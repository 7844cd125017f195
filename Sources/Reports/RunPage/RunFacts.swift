/// What the page of a single run shows.
public struct RunFacts: Sendable {
  /// What the run made of the test records.
  public enum Predictions: Sendable {
    case classes(ClassifiedRecords)
    /// One number per record.
    case values(EstimatedRecords)
  }

  public let title: String
  /// Where the data came from, for people.
  public let data: String
  public let history: History
  /// The configuration, as YAML that repeats the run.
  public let configuration: String
  /// nil where there are none that the page knows to show.
  public var predictions: Predictions?
  /// The inputs of the test records that are shown as pictures, by the records' numbers.
  public var inputs: [Int: HostArray] = [:]
  /// The names of the test records; empty where they go by their number.
  public var recordNames: [String] = []
  /// What is worth knowing besides: `2 unreadable pictures were left out`.
  public var notes: [String] = []

  public init(title: String, data: String, history: History, configuration: String) {
    (self.title, self.data, self.history, self.configuration) = (title, data, history, configuration)
  }

  /// A run that has been trained, with what its model makes of the test records.
  /// - Throws: what `Trainer.predict` throws.
  public init(_ run: Run, trainedBy trainer: Trainer, history: History) throws {
    self.init(
      title: "\(run.configuration.model) on \(run.data.name)", data: run.data.origin, history: history,
      configuration: run.configuration.yaml())
    let test = run.opened.test
    guard test.count > 0, let kind = trainer.method.loss.outputKind else { return }
    let outputs = try trainer.predict(test.inputs, memory: run.opened.memory ?? .max)
    guard let classCount = test.classCount, test.targets.shape.count == 1,
      let labels = try? test.targets.values(as: Int32.self)
    else {
      // In the unit of the data, whatever the model was trained on.
      let encoding = run.data.encoding
      predictions = EstimatedRecords(
        outputs: try encoding?.restored(outputs) ?? outputs,
        targets: try encoding?.restored(test.targets) ?? test.targets
      ).map(Predictions.values)
      return
    }
    let records = ClassifiedRecords(
      outputs: outputs, labels: labels, classCount: classCount, classNames: run.data.classNames, kind: kind)
    guard let records else { return }
    predictions = .classes(records)
    guard MistakeSection.arePictures(test.inputs.dtype, test.inputs.shape) else { return }
    for mistake in records.worstMistakes(MistakeSection.most) {
      let one = try test.inputs.records(at: [mistake.record])
      inputs[mistake.record] = try HostArray(dtype: one.dtype, shape: test.inputs.shape, bytes: one.bytes)
    }
  }
}

/// What a model of one number per record made of records whose number is known.
public struct EstimatedRecords: Sendable, Equatable {
  public let targets: [Double]
  public let estimates: [Double]

  /// - Returns: nil unless both are one number per record.
  public init?(outputs: HostArray, targets: HostArray) {
    guard outputs.count == outputs.shape.first, targets.count == outputs.count,
      let estimates: [Double] = try? outputs.converted(), let known: [Double] = try? targets.converted()
    else { return nil }
    (self.targets, self.estimates) = (known, estimates)
  }

  /// The records that the estimate misses most, worst first. Estimates that aren't numbers come first of all.
  public func worst(_ count: Int) -> [Int] {
    func miss(_ record: Int) -> Double {
      let distance = abs(estimates[record] - targets[record])
      return distance.isNaN ? .infinity : distance
    }
    return targets.indices.sorted { (-miss($0), $0) < (-miss($1), $1) }.prefix(max(0, count)).map(\.self)
  }
}
