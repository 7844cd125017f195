import Configuration

/// eˣ divided by its sum along an axis.
public struct Softmax: Activation {
  public static let declaration = Declaration(
    "softmax", "eˣ/sum(eˣ) along an axis", standard: Softmax(),
    settings: [Setting("axis", \.axis, .axis, "axis along which the values sum to 1; -1 is the last")])

  public var range: ClosedRange<Double> { 0...1 }
  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }

  public func callAsFunction(_ x: Tensor) -> Tensor { x.softmax(axis: axis) }
}

/// The logarithm of the softmax along an axis, finite where that rounds to 0.
public struct LogSoftmax: Activation {
  public static let declaration = Declaration(
    "logSoftmax", "log(eˣ/sum(eˣ)) along an axis", standard: LogSoftmax(),
    settings: [Setting("axis", \.axis, .axis, "axis of the softmax; -1 is the last")])

  public var range: ClosedRange<Double> { -Double.infinity...0 }
  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }

  public func callAsFunction(_ x: Tensor) -> Tensor { x.logSoftmax(axis: axis) }
}

extension SettingFormat where Value == Int {
  /// An axis, counted from the first or, if negative, from the last.
  fileprivate static var axis: SettingFormat { .integer(in: -64...63) }
}

extension Tensor {
  /// `e^x / sum(e^x)` along an axis, computed without overflow.
  public func softmax(axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
    let powers = shiftedBelowZero(axis, "softmax", file, line).exp()
    return powers / powers.sum([axis], keepDims: true, file: file, line: line)
  }

  /// The logarithm of ``softmax(axis:file:line:)``, finite where that rounds to 0.
  public func logSoftmax(axis: Int = -1, file: String = #fileID, line: Int = #line) -> Tensor {
    let shifted = shiftedBelowZero(axis, "logSoftmax", file, line)
    return shifted - shifted.exp().sum([axis], keepDims: true, file: file, line: line).log()
  }

  /// Subtracts the maximum along an axis as a constant, which changes no softmax.
  private func shiftedBelowZero(_ axis: Int, _ operation: String, _ file: String, _ line: Int) -> Tensor {
    if diagnostic != nil { return self }
    guard (-rank..<rank).contains(axis), dtype.isFloatingPoint else {
      let message = "needs floating-point elements and an existing axis, not \(axis)"
      return .failed(Diagnostic(operation: operation, message: message, inputs: [type], file: file, line: line))
    }
    return self - max([axis], keepDims: true, file: file, line: line).stopGradient()
  }
}
