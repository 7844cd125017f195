/// A mini-batch with the model and loss it is for.
public struct EvaluableBatch {
  private let examples: BatchPart
  private let pass: (_ parameters: TensorTree, _ state: TensorTree, _ examples: BatchPart) -> Evaluation

  public init(
    size: Int, pass: @escaping (_ parameters: TensorTree, _ state: TensorTree, _ examples: Range<Int>) -> Evaluation
  ) {
    self.init(BatchPart(size: size)) { pass($0, $1, $2.range) }
  }

  package init(
    _ examples: BatchPart,
    pass: @escaping (_ parameters: TensorTree, _ state: TensorTree, _ examples: BatchPart) -> Evaluation
  ) {
    self.examples = examples
    self.pass = pass
  }

  /// How many examples there are, on all devices together.
  public var size: Int { examples.count }

  /// Loss, gradients and new state for given parameters and model state.
  /// - Parameter examples: a part of the batch, the whole by default.
  public func callAsFunction(
    _ parameters: TensorTree, _ state: TensorTree, examples: Range<Int>? = nil
  ) -> Evaluation {
    pass(parameters, state, examples.map(self.examples.part) ?? self.examples)
  }

  /// Some of the examples as a batch of their own.
  public func part(_ examples: Range<Int>) -> EvaluableBatch {
    EvaluableBatch(self.examples.part(examples), pass: pass)
  }

  /// The examples of some numbers as a batch of their own, which only the running program knows.
  /// - Parameter numbers: integers, `[count]`.
  public func selecting(_ numbers: Tensor) -> EvaluableBatch {
    EvaluableBatch(examples.selecting(numbers), pass: pass)
  }

  /// The same examples with targets that are drawn from what the model predicts, without penalties. A batch made of a closure
  /// of ranges keeps its targets.
  func drawingTargets(with key: Key) -> EvaluableBatch { viewing(.drawn(key)) }

  /// The same examples with one of several outputs, by itself. A batch made of a closure of ranges keeps all of them.
  func output(_ index: Int, of count: Int) -> EvaluableBatch { viewing(.output(index, of: count)) }

  /// The same examples with one of the terms that the loss and its penalties are the sum of. A batch made of a closure of ranges
  /// keeps all of them.
  func term(_ index: Int, of count: Int) -> EvaluableBatch { viewing(.term(index, of: count)) }

  private func viewing(_ view: BatchPart.View) -> EvaluableBatch {
    var examples = examples
    examples.view = view
    return EvaluableBatch(examples, pass: pass)
  }

  /// The mean of what `evaluate` makes of equal groups of consecutive examples, each by itself and all from the same state:
  /// loss, gradients and state are means over the groups, metrics are added up.
  ///
  /// Devices evaluate groups at the same time, one device one group after the other; the results are the same to rounding.
  /// Groups that don't divide the batch evenly fail, as operations do.
  /// - Parameters:
  ///   - groups: their number; 1 is the whole batch.
  ///   - evaluate: of a group.
  public func mean(overGroups groups: Int, _ evaluate: (EvaluableBatch) -> Evaluation) -> Evaluation {
    if groups == 1 { return evaluate(self) }
    do throws(ShapeError) {
      let (parts, devices) = try examples.groups(groups)
      let evaluations = parts.map { evaluate(EvaluableBatch($0, pass: pass)) }
      return Evaluation(meanOf: evaluations, sizes: parts.map(\.count), over: devices, state: .mean) ?? evaluate(self)
    } catch {
      let failed = Tensor.failed(Diagnostic(operation: "groups", message: error.message, file: nil))
      var evaluation = evaluate(self)
      (evaluation.loss, evaluation.reported) = (failed, failed)
      evaluation.gradients = evaluation.gradients.mapValues { _ in failed }
      return evaluation
    }
  }
}

/// Examples of a mini-batch, on however many devices: consecutive ones, or those that were selected.
package struct BatchPart {
  /// What of the examples the loss is of.
  package enum View {
    /// Outputs and targets as they are.
    case whole
    /// Targets that are drawn from what the model predicts, without penalties.
    case drawn(Key)
    /// One of the outputs and its target.
    case output(Int, of: Int)
    /// One of the terms of the loss, or the penalties, which are the last one.
    case term(Int, of: Int)
  }

  /// How many there are, on all of ``devices`` together.
  package let count: Int
  /// The devices that the examples are spread over, in equal parts; nil if one device has all of them.
  package let devices: DeviceAxis?
  /// Of a tensor with the rows of the mini-batch's examples that a device has, the rows among which these are.
  private let source: (Tensor) -> Tensor
  private let sourceCount: Int
  /// Which rows of the source these are; of all devices' rows, if there are several.
  package let range: Range<Int>
  /// What is added to the range for the number of an example in the mini-batch, where it differs from device to device.
  private let offset: Tensor?
  private let isMiniBatch: Bool
  package internal(set) var view = View.whole

  /// A whole mini-batch.
  /// - Parameter size: how many examples all devices have together.
  package init(size: Int, over devices: DeviceAxis? = nil) {
    self.init(
      devices: devices, source: { $0 }, sourceCount: size / (devices?.count ?? 1), range: 0..<size, offset: nil,
      isMiniBatch: true)
  }

  private init(
    devices: DeviceAxis?, source: @escaping (Tensor) -> Tensor, sourceCount: Int, range: Range<Int>, offset: Tensor?,
    isMiniBatch: Bool = false
  ) {
    count = range.count
    (self.devices, self.source, self.sourceCount, self.range) = (devices, source, sourceCount, range)
    (self.offset, self.isMiniBatch) = (offset, isMiniBatch)
  }

  /// This device's rows of the part, of a tensor with the rows of the mini-batch's examples that the device has.
  package func rows(of tensor: Tensor) -> Tensor {
    let rows = source(tensor)
    return devices != nil || range == 0..<sourceCount ? rows : rows.slice(range)
  }

  /// The key for the part's random numbers: another one for each part of a mini-batch.
  package func key(from key: Key) -> Key {
    if isMiniBatch { return key }
    guard let offset else { return key.folding(range.lowerBound) }
    return key.folding(offset.cast(to: .int64) + Double(range.lowerBound))
  }

  /// The examples of some numbers, in their order.
  func selecting(_ numbers: Tensor) -> BatchPart {
    let count = numbers.shape.first ?? 0
    return BatchPart(
      devices: nil,
      source: { [devices] tensor in
        guard devices == nil else {
          return .failed(
            Diagnostic(
              operation: "selecting",
              message: "examples of a batch that several devices share can't be selected: use one device", file: nil))
        }
        return rows(of: tensor).take(numbers)
      },
      sourceCount: count, range: 0..<count, offset: nil)
  }

  /// Some of the examples. Those that are spread over devices are exchanged, so that they are again.
  func part(_ examples: Range<Int>) -> BatchPart {
    if examples == 0..<count { return self }
    let own = range.lowerBound + examples.lowerBound..<range.lowerBound + examples.upperBound
    guard let devices else {
      return BatchPart(devices: nil, source: source, sourceCount: sourceCount, range: own, offset: offset)
    }
    let (share, isEven) = (examples.count / devices.count, examples.count.isMultiple(of: devices.count))
    let source = source
    return BatchPart(
      devices: devices,
      source: { tensor in
        guard isEven else {
          return .failed(
            Diagnostic(
              operation: "part",
              message: "\(examples.count) examples, a part of a batch, can't be spread evenly over \(devices.count) "
                + "devices: the parts must be multiples of the devices", file: nil))
        }
        let all = devices.gather(source(tensor))
        return all.rows(from: devices.index * Double(share) + Double(examples.lowerBound), count: share)
      },
      sourceCount: share, range: own, offset: offset)
  }

  /// Equal groups: those of which this device has examples, and the devices that have others.
  /// - Throws: as `BatchGroups` does.
  func groups(_ number: Int) throws(ShapeError) -> (parts: [BatchPart], across: DeviceAxis?) {
    let groups = try BatchGroups(number, of: count, over: devices)
    let size = count / number
    guard let devices else { return ((0..<number).map { part($0 * size..<($0 + 1) * size) }, nil) }
    let across = groups.across ?? devices
    func moved(by distance: Int) -> Tensor {
      let own = across.index * Double(distance)
      return offset.map { own + $0 } ?? own
    }
    if groups.within != nil {
      let part = BatchPart(
        devices: groups.within, source: source, sourceCount: sourceCount,
        range: range.lowerBound..<range.lowerBound + size, offset: moved(by: size))
      return ([part], groups.across)
    }
    let own = moved(by: size * groups.own) + Double(range.lowerBound)
    // The source has this device's rows only.
    let parts = (0..<groups.own).map { index in
      BatchPart(
        devices: nil, source: source, sourceCount: sourceCount, range: index * size..<(index + 1) * size, offset: own)
    }
    return (parts, groups.across)
  }
}
