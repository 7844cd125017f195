/// Models of one kind that learn a series and go on with it side by side, as each ``SeriesModel`` would alone:
/// ``NodeEnsemble`` and ``ReservoirEnsemble``, and one model as ``SingleModel``.
///
/// Results have a leading axis of members. A member that diverges doesn't end the others: its outputs aren't finite from there on.
public protocol SeriesEnsemble: Sendable {
  /// The members, as they stand now.
  var models: [any SeriesModel] { get }

  /// As ``SeriesModel/learn(_:targets:washout:readout:)`` has it.
  /// - Parameter rules: one for each member; nil for their own.
  /// - Throws: ``ReservoirError``.
  @discardableResult
  mutating func learn(
    _ series: Tensor, targets: Tensor, washout: Int, readouts rules: [any ReadoutRule]?
  ) throws -> [ReadoutFit]

  /// As ``SeriesModel/follow(_:)``.
  mutating func follow(_ series: Tensor) throws -> Tensor

  /// As ``SeriesModel/goOn(steps:)``.
  mutating func goOn(steps: Int) throws -> Tensor

  /// As ``SeriesModel/forecast(steps:after:)``.
  mutating func forecast(steps: Int, after series: Tensor) throws -> Tensor
}

extension [any SeriesModel] {
  /// Models of one kind as an ensemble.
  /// - Throws: ``ReservoirError/differentMembers(_:)`` for models of several kinds, or of a kind that has no ensembles.
  public func ensemble() throws -> any SeriesEnsemble {
    if let networks = self as? [EchoStateNetwork] { return try ReservoirEnsemble(networks) }
    if let networks = self as? [NodeNetwork] { return try NodeEnsemble(networks) }
    let kinds = Set(map { "\(type(of: $0))" }).sorted().joined(separator: ", ")
    throw ReservoirError.differentMembers("they are of the kinds \(kinds), not all EchoStateNetwork or all NodeNetwork")
  }
}

/// One model as an ensemble.
public struct SingleModel: SeriesEnsemble {
  public private(set) var model: any SeriesModel

  public init(_ model: any SeriesModel) { self.model = model }

  public var models: [any SeriesModel] { [model] }

  @discardableResult
  public mutating func learn(
    _ series: Tensor, targets: Tensor, washout: Int, readouts rules: [any ReadoutRule]?
  ) throws -> [ReadoutFit] {
    guard (rules?.count ?? 1) == 1 else { throw ReservoirError.readouts(count: rules?.count ?? 0, networks: 1) }
    return [try model.learn(series, targets: targets, washout: washout, readout: rules?[0])]
  }

  public mutating func follow(_ series: Tensor) throws -> Tensor { try model.follow(series).expand(at: 0) }

  public mutating func goOn(steps: Int) throws -> Tensor {
    try orDiverged([steps, model.outputs]) { try $0.goOn(steps: steps) }
  }

  public mutating func forecast(steps: Int, after series: Tensor) throws -> Tensor {
    try orDiverged(series.shape.dropLast(2) + [steps, model.outputs]) { try $0.forecast(steps: steps, after: series) }
  }

  private mutating func orDiverged(
    _ shape: [Int], _ run: (inout any SeriesModel) throws -> Tensor
  ) throws -> Tensor {
    do {
      return try run(&model).expand(at: 0)
    } catch ReservoirError.diverged {
      return try Tensor(Double.nan, dtype: model.dtype).broadcast(to: Shape([1] + shape)).evaluate()
    }
  }
}

extension NodeEnsemble: SeriesEnsemble {
  public var models: [any SeriesModel] { (0..<count).map { self[$0] } }

  @discardableResult
  public mutating func learn(
    _ series: Tensor, targets: Tensor, washout: Int, readouts rules: [any ReadoutRule]?
  ) throws -> [ReadoutFit] {
    var fitted = self
    if let rules { try fitted.replaceReadouts(by: rules) }
    let fits =
      try self[0].feedsItself
      ? fitted.fit(teacher: Tensor.wholeSeries(series, targets, self[0].dtype, first: 1), washout: washout)
      : fitted.fit(inputs: series, teacher: targets, washout: washout)
    self = fitted
    return try fits.map { fits in
      guard let last = fits.values.last else { throw ReservoirError.notFitted }
      return last
    }
  }

  public mutating func follow(_ series: Tensor) throws -> Tensor {
    let feedsItself = self[0].feedsItself
    return try predict(inputs: feedsItself ? nil : series, teacher: feedsItself ? series : nil)
  }

  public mutating func goOn(steps: Int) throws -> Tensor { try generate(steps: steps) }
}

extension ReservoirEnsemble: SeriesEnsemble {
  public var models: [any SeriesModel] { (0..<count).map { self[$0] } }

  @discardableResult
  public mutating func learn(
    _ series: Tensor, targets: Tensor, washout: Int, readouts rules: [any ReadoutRule]?
  ) throws -> [ReadoutFit] {
    let rules = rules ?? networks.map { _ in CholeskyReadout() }
    return try reservoir.feedback
      ? fit(teacher: Tensor.wholeSeries(series, targets, reservoir.dtype), washout: washout, readouts: rules)
      : fit(inputs: series, teacher: targets, washout: washout, readouts: rules)
  }

  public mutating func follow(_ series: Tensor) throws -> Tensor {
    try predict(inputs: reservoir.feedback ? nil : series, teacher: reservoir.feedback ? series : nil)
  }

  public mutating func goOn(steps: Int) throws -> Tensor {
    try reservoir.feedback ? generate(steps: steps) : eachAlone { try $0.goOn(steps: steps) }
  }

  public mutating func forecast(steps: Int, after series: Tensor) throws -> Tensor {
    guard reservoir.feedback else { return try eachAlone { try $0.forecast(steps: steps, after: series) } }
    try reset(sequences: series.rank == 3 ? series.shape[0] : 1)
    try advance(teacher: series)
    var parts = [output.expand(at: 2)]
    if steps > 1 {
      let free = try generate(steps: steps - 1)
      parts.append(free.rank == 4 ? free : free.expand(at: 1))
    }
    let all = Tensor.concatenate(parts, axis: 2)
    return try (series.rank == 3 ? all : all.squeeze(1)).evaluate()
  }

  /// Networks that another series drives close their loops one by one.
  private mutating func eachAlone(_ run: (inout EchoStateNetwork) throws -> Tensor) throws -> Tensor {
    var members = (0..<count).map { self[$0] }
    let values = try Tensor.stack(members.indices.map { try run(&members[$0]) }).evaluate()
    try replace(by: members)
    return values
  }
}
