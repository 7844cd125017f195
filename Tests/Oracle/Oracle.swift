import OrderedCollections
import Training

/// Trains networks in float32 in every way there is, and compares with NumPy and with float64.
public final class Oracle {
  /// What came out of a training.
  private struct Outcome {
    var before: (record: OrderedDictionary<String, Double>, outputs: [Double])
    var after: (record: OrderedDictionary<String, Double>, outputs: [Double])
    var history: [OrderedDictionary<String, Double>]
    /// All that training changes, by path.
    var state: OrderedDictionary<String, [Double]>
  }

  /// A network with what of it serves many combinations. One is kept at a time.
  private struct Prepared {
    let network: OracleNetwork
    let data: OracleData
    /// Initial parameters by member and element type.
    var parameters: [String: TensorTree] = [:]
    /// In float64, by batching and member, with the largest test set.
    var references: [String: Outcome] = [:]
    /// In float32, the first of those that are to be equal.
    var equals: [String: Outcome] = [:]
  }

  private let fixtures: [String: OracleFixture]
  private var prepared: Prepared?
  public private(set) var deviations = Deviations()

  /// - Throws: what reading the fixtures throws.
  public init() throws {
    fixtures = Dictionary(
      uniqueKeysWithValues: try OracleFixture.all().map { (Self.key($0.network, $0.batching, $0.member), $0) })
  }

  private static func key(_ network: String, _ batching: Batching, _ member: Int) -> String {
    "\(network), \(batching), \(member)"
  }

  /// Trains and compares.
  /// - Throws: what training throws; a difference is added to ``deviations``.
  public func check(_ combination: Combination) throws {
    try prepare(combination.network)
    guard let prepared else { return }
    deviations.combinations += 1
    let outcomes = try outcomes(of: combination, prepared, precision: .float32)
    for (member, outcome) in outcomes.enumerated() {
      let reference = try reference(combination.batching, member: member)
      compare(outcome, reference, combination, member: member)
      compare(outcome, combination, member: member, .float32ToNumPy)
      if combination.mode != .vectorized { compareBits(outcome, combination) }
    }
  }

  private func prepare(_ name: String) throws {
    guard prepared?.network.name != name, let network = OracleNetwork.all.first(where: { $0.name == name }) else {
      return
    }
    prepared = Prepared(network: network, data: try network.data())
  }

  private func trainer(member: Int, precision: Precision) throws -> Trainer {
    guard let prepared else { throw TrainingError.emptyData }
    let key = "\(precision.parameters), \(member)"
    let parameters =
      try prepared.parameters[key]
      ?? prepared.network.parameters(member: member, prepared.data, precision: precision)
    self.prepared?.parameters[key] = parameters
    return try prepared.network.trainer(member: member, prepared.data, precision: precision, parameters: parameters)
  }

  /// The same in float64, which agrees with NumPy.
  private func reference(_ batching: Batching, member: Int) throws -> Outcome {
    let key = "\(batching), \(member)"
    if let known = prepared?.references[key] { return known }
    guard let prepared, let all = OracleNetwork.testSizes.last else { throw TrainingError.emptyData }
    let combination = Combination(
      network: prepared.network.name, batching: batching, chunks: 1, testSize: all, mode: .single)
    let outcome = try outcomes(of: combination, prepared, precision: .float64, member: member)[0]
    compare(outcome, combination, member: member, .float64ToNumPy)
    self.prepared?.references[key] = outcome
    return outcome
  }

  // MARK: Training

  /// An outcome for each member of a group, or for one member.
  private func outcomes(
    of combination: Combination, _ prepared: Prepared, precision: Precision, member: Int = 0
  ) throws -> [Outcome] {
    let (data, dtype) = (prepared.data, precision.parameters)
    let members = combination.mode == .vectorized ? Array(0..<OracleNetwork.members) : [member]
    var trainers = try members.map { try trainer(member: $0, precision: precision) }
    let (training, test) = (try ResidentData(data.training(dtype)), try data.test(combination.testSize, dtype))
    let resident = try ResidentData(test)
    func judged(_ trainer: Trainer) throws -> (OrderedDictionary<String, Double>, [Double]) {
      (try trainer.evaluate(resident), try trainer.predict(test.inputs).doubles())
    }
    let before = try trainers.map(judged)
    func fit(_ trainers: [Trainer], epochs: Int) throws {
      try TrainerGroup(trainers).fit(
        training, epochs: epochs, batchSize: combination.batching.size, validation: resident,
        options: FitOptions(
          partialBatch: combination.batching == .masked ? .pad : .drop, chunksPerEpoch: combination.chunks),
        orders: { OracleNetwork.order(member: members[$0]) })
    }
    if combination.mode == .resumed {
      try fit(trainers, epochs: 1)
      let resumed = try trainer(member: member, precision: precision)
      // Evaluating first must leave nothing behind.
      _ = try judged(resumed)
      try resumed.restore(trainers[0].checkpoint())
      trainers = [resumed]
    }
    try fit(trainers, epochs: OracleNetwork.epochs - trainers[0].epoch)
    return try zip(trainers, before).map { trainer, before in
      Outcome(
        before: before, after: try judged(trainer), history: trainer.history.epochs.map(\.metrics),
        state: OrderedDictionary(
          uniqueKeysWithValues: try trainer.state.tree.pairs.map { ($0.path, try $0.tensor.hostArray().doubles()) }))
    }
  }

  // MARK: Comparing

  private func add(
    _ found: [Double], _ expected: [Double], _ quantity: String, _ comparison: Comparison, allowing extra: Double = 0,
    at place: @autoclosure () -> String
  ) {
    deviations.add(
      found, expected, quantity, comparison, hasReLU: prepared?.network.hasReLU ?? false, allowing: extra, at: place())
  }

  private func compare(_ outcome: Outcome, _ combination: Combination, member: Int, _ comparison: Comparison) {
    guard let fixture = fixtures[Self.key(combination.network, combination.batching, member)],
      let size = OracleNetwork.testSizes.firstIndex(of: combination.testSize)
    else {
      self.add([], [0], "fixtures", comparison, at: "\(combination)")
      return
    }
    func add(
      _ found: [Double], _ expected: [Double], _ quantity: String, allowing extra: Double = 0, _ place: String = ""
    ) {
      self.add(found, expected, quantity, comparison, allowing: extra, at: "\(combination), member \(member) \(place)")
    }
    func add(
      _ found: OrderedDictionary<String, Double>, prefix: String = "", _ expected: OracleFixture.Record,
      _ quantity: String, _ place: String
    ) {
      add([found[prefix + "loss"] ?? .nan], [expected.loss], "\(quantity) loss", place)
      add(
        [found[prefix + "accuracy"] ?? .nan], [expected.accuracy], "\(quantity) accuracy",
        allowing: expected.undecided, place)
    }
    for (epoch, (found, expected)) in zip(outcome.history, fixture.epochs.dropFirst()).enumerated() {
      if let training = expected.training { add(found, training, "training", "epoch \(epoch + 1)") }
      add(found, prefix: "val_", expected.test[size], "validation", "epoch \(epoch + 1)")
    }
    add([Double(outcome.history.count + 1)], [Double(fixture.epochs.count)], "epochs")
    for (index, judged) in [outcome.before, outcome.after].enumerated() {
      let place = index == 0 ? "untrained" : "trained"
      add(judged.record, fixture.epochs[index == 0 ? 0 : fixture.epochs.count - 1].test[size], "evaluate", place)
      add(summary(judged.outputs), fixture.outputs[index][size], "predict", place)
    }
    for (path, expected) in fixture.trained {
      let quantity = path.hasPrefix("state/") ? "running statistics" : "parameters"
      add(summary(outcome.state[path] ?? []), expected, quantity, path)
    }
  }

  /// Number by number.
  private func compare(_ outcome: Outcome, _ reference: Outcome, _ combination: Combination, member: Int) {
    let outputs = combination.testSize * OracleNetwork.classes
    for (found, expected) in [(outcome.before, reference.before), (outcome.after, reference.after)] {
      add(
        found.outputs, Array(expected.outputs.prefix(outputs)), "predict", .float32ToFloat64,
        at: "\(combination), member \(member)")
    }
    for (path, expected) in reference.state {
      let quantity =
        path.hasPrefix("state/") ? "running statistics" : path.hasPrefix("optimizer/") ? "velocity" : "parameters"
      add(
        outcome.state[path] ?? [], expected, quantity, .float32ToFloat64, at: "\(combination), member \(member) \(path)"
      )
    }
  }

  /// Chunks, the test set and a break change no bit of what is trained, and a break none of what is reported.
  private func compareBits(_ outcome: Outcome, _ combination: Combination) {
    func add(_ key: String, _ quantity: String, _ numbers: (Outcome) -> [Double]) {
      guard let first = prepared?.equals[key] else {
        prepared?.equals[key] = outcome
        return
      }
      self.add(numbers(outcome), numbers(first), quantity, .bits, at: "\(combination)")
    }
    add("\(combination.batching)", "training") { outcome in
      outcome.state.values.flatMap(\.self) + outcome.history.flatMap { [$0["loss"] ?? .nan, $0["accuracy"] ?? .nan] }
    }
    add("\(combination.batching), \(combination.testSize)", "validation and predictions") { outcome in
      outcome.history.flatMap(\.values) + [outcome.before, outcome.after].flatMap { $0.record.values + $0.outputs }
    }
  }
}
