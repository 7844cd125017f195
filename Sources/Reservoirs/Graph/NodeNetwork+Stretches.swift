import OrderedCollections

/// Learning from series that are too long for what readouts learn from to be kept.
extension NodeNetwork {
  /// Runs through a stretch of a series and adds what the regressions of the readouts need of it, so that a series of any
  /// length is learned from in the memory of one stretch: ``fit(_:)`` ends it.
  ///
  /// ```swift
  /// let wave = Tensor((0...2000).map { sin(0.1 * Double($0)) }, shape: [2001, 1])
  /// var network = try NodeNetwork(Input() >>> Reservoir(units: 20) >>> RidgeRegression(), inputs: 1, outputs: 1)
  /// var sums: [String: ReadoutSums] = [:]
  /// for first in stride(from: 0, to: 2000, by: 500) {
  ///   try network.accumulate(
  ///     inputs: wave.slice(first..<first + 500), teacher: wave.slice(first + 1..<first + 501),
  ///     washout: first == 0 ? 100 : 0, into: &sums)
  /// }
  /// try network.fit(sums)
  /// ```
  /// The states are carried on to the next stretch.
  /// - Parameters:
  ///   - inputs, teacher, washout: as ``fit(inputs:teacher:washout:memory:)`` has them; only a first stretch needs a washout.
  ///   - sums: of each readout, by its node's name; in double precision.
  /// - Throws: ``ReservoirError``.
  public mutating func accumulate(
    inputs: Tensor? = nil, teacher: Tensor, washout: Int = 0, into sums: inout [String: ReadoutSums]
  ) throws {
    try accumulate(inputs, targets(teachers(teacher)), washout: washout, into: &sums)
  }

  private mutating func accumulate(
    _ inputs: Tensor?, _ targets: [Int: SequenceBatch], washout: Int, into sums: inout [String: ReadoutSums]
  ) throws {
    var (network, added) = (self, sums)
    let washout = try checked(washout: washout, of: targets.values.first?.steps ?? 0)
    let (drive, _) = try network.drive(inputs, forced: targets)
    let run = network.run(drive, wanted: readPlaces)
    let computed = try Tensor.evaluate(run.outputs + run.states)
    let outputs = Dictionary(uniqueKeysWithValues: zip(readPlaces, computed))
    for (place, target) in targets {
      let problem = problem(at: place, target, outputs, washout: washout)
      try added[parts[place].name, default: ReadoutSums()].add(
        problem.rows.cast(to: .float64), problem.targets.cast(to: .float64), wanted: problem.wanted.cast(to: .float64))
    }
    network.moved(to: Array(computed.dropFirst(outputs.count)), last: network.lastTarget(targets))
    (self, sums) = (network, added)
  }

  /// Computes the readouts from sums over stretches of a series.
  /// - Returns: for each readout the root of the mean squared error over the targets' standard deviation. It is a difference
  ///   of sums, which has lost half of the digits.
  /// - Throws: ``ReservoirError``; ``ReservoirError/graph(_:)`` for a readout that can't learn from sums.
  @discardableResult
  public mutating func fit(_ sums: [String: ReadoutSums]) throws -> [String: Double] {
    var network = self
    let errors = try network.solve(sums).mapValues(\.nrmse)
    self = network
    return errors
  }

  private mutating func solve(
    _ sums: [String: ReadoutSums]
  ) throws -> [String: (lambda: Double, nrmse: Double)] {
    var found: [String: (lambda: Double, nrmse: Double)] = [:]
    for place in readoutPlaces {
      let part = parts[place]
      guard let rule = part.rule?.ruleOfSums else {
        throw ReservoirError.graph(
          "its readout '\(part.name)' can't learn from sums: take ridge, cholesky, pinv or ridgePerOutput")
      }
      let solved = try (sums[part.name] ?? ReadoutSums()).solution(
        by: rule, units: numbersRead(by: place) / part.patches, outputs: part.width / part.patches)
      readouts[place] = try solved.weights.tensor.cast(to: dtype).evaluate()
      found[part.name] = (solved.weights.lambda, try solved.nrmse.scalar())
    }
    return found
  }

  /// The steps of a stretch if what readouts learn from takes more than `memory` bytes; nil where it doesn't, or has to be kept.
  func stretch(of targets: [Int: SequenceBatch], memory: Int) -> Int? {
    guard let first = targets.values.first, readoutPlaces.allSatisfy({ parts[$0].rule?.ruleOfSums != nil }) else {
      return nil
    }
    let steps = max(1, memory / max(1, bytesOfAStep(first.sequences)))
    return steps < first.steps ? steps : nil
  }

  /// As ``fit(inputs:teacher:washout:memory:)`` in stretches, of a network with one readout.
  /// - Returns: the root of the mean squared error over the targets' standard deviation.
  mutating func fitSums(inputs: Tensor, teacher: Tensor, washout: Int, memory: Int) throws -> Double {
    let targets = try targets(teachers(teacher))
    let ranges = try stretches(inputs, targets, of: stretch(of: targets, memory: memory), washout: washout)
    let found = try learn(inputs, targets, washout: washout, ranges)
    return found.values.first?.nrmse ?? .nan
  }

  /// The washout lies within the first stretch, however long that is.
  private func stretches(
    _ inputs: Tensor?, _ targets: [Int: SequenceBatch], of stretch: Int?, washout: Int
  ) throws -> [Range<Int>] {
    let steps = targets.values.first?.steps ?? 0
    // A part of what is too long would fit.
    if let given = inputs?.shape, given.dropLast().last != steps {
      throw ReservoirError.shape(
        series: "inputs", found: Array(given), expected: "of \(steps) steps, as the teacher's values are")
    }
    let stretch = stretch ?? steps
    let first = min(steps, max(stretch, try checked(washout: washout, of: steps) + 1))
    return [0..<first] + Swift.stride(from: first, to: steps, by: stretch).map { $0..<min(steps, $0 + stretch) }
  }

  private func part(_ inputs: Tensor?, _ range: Range<Int>) -> Tensor? {
    inputs.map { $0.slice(range, axis: $0.rank - 2) }
  }

  private mutating func learn(
    _ inputs: Tensor?, _ targets: [Int: SequenceBatch], washout: Int, _ ranges: [Range<Int>]
  ) throws -> [String: (lambda: Double, nrmse: Double)] {
    var sums: [String: ReadoutSums] = [:]
    for range in ranges {
      try accumulate(
        part(inputs, range), targets.mapValues { $0.slice(range) }, washout: range.lowerBound == 0 ? washout : 0,
        into: &sums)
    }
    return try solve(sums)
  }

  mutating func fitInStretches(
    _ inputs: Tensor?, _ targets: [Int: SequenceBatch], washout: Int, stretch: Int
  ) throws -> OrderedDictionary<String, ReadoutFit> {
    let before = self
    let steps = targets.values.first?.steps ?? 0
    let ranges = try stretches(inputs, targets, of: stretch, washout: washout)
    let washout = try checked(washout: washout, of: steps)
    let found = try learn(inputs, targets, washout: washout, ranges)
    // Once more for what the readouts put out, of which there is little.
    var again = before
    again.readouts = readouts
    let places = readoutPlaces
    var outputs = places.map { _ in [Tensor]() }
    for range in ranges {
      let (drive, _) = try again.drive(part(inputs, range), forced: targets.mapValues { $0.slice(range) })
      let run = again.run(drive, wanted: places)
      let computed = try Tensor.evaluate(run.outputs + run.states)
      for output in computed { try output.buffer().wait() }
      again.moved(to: Array(computed.dropFirst(places.count)), last: nil)
      for (index, output) in computed.prefix(places.count).enumerated() { outputs[index].append(output) }
    }
    var fits: OrderedDictionary<String, ReadoutFit> = [:]
    for (place, parts) in zip(places, outputs) {
      let name = self.parts[place].name
      guard let lambda = found[name]?.lambda, let target = targets[place] else { continue }
      let all = try Tensor.concatenate(parts, axis: 1).slice(washout..<steps, axis: 1).evaluate()
      // Of the outputs themselves: the sums' error has lost half of the digits.
      let error = all.nrmse(of: target.tensor.slice(washout..<steps, axis: 1), patches: self.parts[place].patches)
      fits[name] = ReadoutFit(lambda: lambda, nrmse: try error.scalar(), outputs: target.like(all))
    }
    return fits
  }
}
