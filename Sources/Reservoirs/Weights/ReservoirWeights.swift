/// The weights of a reservoir that are drawn and then stay.
public struct ReservoirWeights: Sendable, Hashable {
  /// Row i holds the weights into unit i.
  public let recurrent: SparseMatrix
  /// `[inputs, units]`, `[outputs, units]` and `[units]`, row by row; empty where there are none.
  public let input: [Double]
  public let feedback: [Double]
  public let bias: [Double]
  /// `[units, outputs]`: what the output is made of before anything is learned (Glorot uniform).
  public let untrained: [Double]

  public init(
    recurrent: SparseMatrix, input: [Double] = [], feedback: [Double] = [], bias: [Double] = [],
    untrained: [Double] = []
  ) {
    (self.recurrent, self.input, self.feedback) = (recurrent, input, feedback)
    (self.bias, self.untrained) = (bias, untrained)
  }

  /// Draws the weights of a reservoir.
  init(_ reservoir: Reservoir, from stream: inout UniformStream) throws {
    let (units, inputs, outputs) = (reservoir.units, reservoir.inputs, reservoir.outputs)
    let chances = try stream.uniform(units * units, named: "connections")
    let drawn: [Double] =
      switch reservoir.values {
      case .normal: try stream.normal(units * units, named: "values")
      case .uniform: try stream.uniform(units * units, named: "values").map { 2 * $0 - 1 }
      case .signs: try stream.uniform(units * units, named: "values").map { $0 < 0.5 ? -1 : 1 }
      }
    let dense = zip(chances, drawn).map { $0 < reservoir.connectivity ? $1 : 0 }
    let plain = try SparseMatrix(dense: dense, size: units)
    switch reservoir.scaling {
    case .gain(let gain):
      recurrent = plain.scaled(by: gain / (reservoir.connectivity * Double(units)).squareRoot())
    case .spectralRadius(0): recurrent = plain.scaled(by: 0)
    case .spectralRadius(let radius): recurrent = plain.scaled(by: try radius / plain.spectralRadius())
    }
    func uniform(_ columns: Int, within scale: Double, _ name: String) throws -> [Double] {
      // Drawn unit by unit, kept input by input.
      let numbers = try stream.uniform(units * columns, named: name)
      return (0..<columns * units).map { scale * (2 * numbers[$0 % units * columns + $0 / units] - 1) }
    }
    input = inputs > 0 ? try uniform(inputs, within: reservoir.inputScale, "input") : []
    feedback = reservoir.feedback ? try uniform(outputs, within: reservoir.feedbackScale, "feedback") : []
    bias = reservoir.biasScale > 0 ? try uniform(1, within: reservoir.biasScale, "bias") : []
    let limit = (6 / Double(units + outputs)).squareRoot()
    untrained = try stream.uniform(units * outputs, named: "readout").map { limit * (2 * $0 - 1) }
  }

  /// - Throws: ``ReservoirError/shape(series:found:expected:)`` for weights that aren't the reservoir's.
  func check(_ reservoir: Reservoir) throws(ReservoirError) {
    let (units, outputs) = (reservoir.units, reservoir.outputs)
    let expected: [(String, Int, Int)] = [
      ("recurrent weights", recurrent.size, units), ("input weights", input.count, units * reservoir.inputs),
      ("feedback weights", feedback.count, reservoir.feedback ? units * outputs : 0),
      ("biases", bias.count, bias.isEmpty ? 0 : units),
      ("untrained weights", untrained.count, untrained.isEmpty ? 0 : units * outputs),
    ]
    for (name, found, wanted) in expected where found != wanted {
      throw .shape(series: name, found: [found], expected: "\(wanted)")
    }
  }
}
