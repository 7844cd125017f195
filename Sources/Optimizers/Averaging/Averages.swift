import Configuration

/// Several averages of one training. The first is evaluated and kept; the others, and the parameters themselves, are
/// evaluated beside it.
///
/// Validation values of the others are recorded with their names: `val_ema_accuracy`, `val_raw_accuracy`. An average gets
/// the parameters that those before it in the list let training go on with. Running statistics are estimated for the first
/// alone; the others are evaluated with the last ones.
public struct Averages: Averaging {
  public static let declaration = Declaration(
    "averages", "several averages, of which the first is kept and the others are evaluated too",
    standard: Averages([ExponentialAverage()]),
    formula: "the first of them",
    settings: [Setting("of", \.averages, .methods, "averages by name, the first to keep: [ema, swa, lawa]")],
    check: { (averages, options) throws(ConfigurationError) in
      guard averages.averages.isEmpty || averages.averages.contains(where: { $0 is Averages }) else { return }
      throw .invalid(message: "'of' must be a list of averages: of: [ema, swa]", origin: options.origin)
    })

  public var averages: [any Averaging]

  /// - Parameter averages: the first is the one that is kept.
  public init(_ averages: [any Averaging]) { self.averages = averages }

  public var statistics: AveragedStatistics { averages.first?.statistics ?? .last }

  public var alternatives: [(name: String, averaging: any Averaging)] {
    var counts: [String: Int] = [:]
    let names = averages.map { average in
      let name = type(of: average).name
      counts[name, default: 0] += 1
      return counts[name] == 1 ? name : "\(name)\(counts[name, default: 0])"
    }
    let others: [(name: String, averaging: any Averaging)] = averages.indices.dropFirst().map { index in
      (names[index], OneAverage(averages: self, index: index))
    }
    return [("raw", NoAveraging())] + others
  }

  public func initial(_ parameters: TensorTree) -> TensorTree {
    averages.enumerated().reduce(TensorTree()) { state, entry in
      state.merging(entry.element.initial(parameters).nested(under: "\(entry.offset)"))
    }
  }

  public func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree) {
    averages.enumerated().reduce((parameters, TensorTree())) { result, entry in
      let name = "\(entry.offset)"
      let next = entry.element.update(result.0, state: state[under: name], context: context)
      return (next.parameters, result.1.merging(next.state.nested(under: name)))
    }
  }

  public func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree {
    averaged(parameters, state: state, index: 0)
  }

  fileprivate func averaged(_ parameters: TensorTree, state: TensorTree, index: Int) -> TensorTree {
    guard averages.indices.contains(index) else { return parameters }
    return averages[index].averaged(parameters, state: state[under: "\(index)"])
  }
}

/// One of several averages, to evaluate.
private struct OneAverage: Averaging {
  static let declaration = Declaration(
    "one", "one of several averages", standard: OneAverage(averages: Averages([]), index: 0))

  let averages: Averages
  let index: Int

  func initial(_ parameters: TensorTree) -> TensorTree { averages.initial(parameters) }

  func update(
    _ parameters: TensorTree, state: TensorTree, context: UpdateContext
  ) -> (parameters: TensorTree, state: TensorTree) {
    averages.update(parameters, state: state, context: context)
  }

  func averaged(_ parameters: TensorTree, state: TensorTree) -> TensorTree {
    averages.averaged(parameters, state: state, index: index)
  }
}
