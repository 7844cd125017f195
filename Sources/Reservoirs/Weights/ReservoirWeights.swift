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
  /// `[units, units]`, row by row: the orthogonal matrix of ``Reservoir/Unit/orthogonal`` units; empty for others.
  public let rotation: [Double]

  public init(
    recurrent: SparseMatrix, input: [Double] = [], feedback: [Double] = [], bias: [Double] = [],
    untrained: [Double] = [], rotation: [Double] = []
  ) {
    (self.recurrent, self.input, self.feedback) = (recurrent, input, feedback)
    (self.bias, self.untrained, self.rotation) = (bias, untrained, rotation)
  }

  /// Draws the weights of a reservoir.
  init(_ reservoir: Reservoir, from stream: inout UniformStream) throws {
    let (units, inputs, outputs) = (reservoir.units, reservoir.inputs, reservoir.outputs)
    let matrix = RecurrentWeights(reservoir: reservoir)
    recurrent = try matrix.scaled(matrix.draw(from: &stream))
    /// Drawn unit by unit, kept input by input.
    func byInput(_ numbers: [Double], _ columns: Int, within scales: [Double]) -> [Double] {
      (0..<columns * units).map { scales[$0 / units] * numbers[$0 % units * columns + $0 / units] }
    }
    func uniform(_ columns: Int, within scale: Double, _ name: String) throws -> [Double] {
      let numbers = try stream.drawn(units * columns, as: .uniform, named: name)
      return byInput(numbers, columns, within: [Double](repeating: scale, count: columns))
    }
    if inputs > 0 {
      var numbers = try stream.drawn(units * inputs, as: reservoir.inputValues, named: "input")
      if reservoir.inputConnectivity < 1 {
        let chances = try stream.uniform(units * inputs, named: "input connections")
        numbers = zip(chances, numbers).map { $0 < reservoir.inputConnectivity ? $1 : 0 }
      }
      input = byInput(numbers, inputs, within: reservoir.scalesOfInputs)
    } else {
      input = []
    }
    feedback = reservoir.feedback ? try uniform(outputs, within: reservoir.feedbackScale, "feedback") : []
    bias = reservoir.biasScale > 0 ? try uniform(1, within: reservoir.biasScale, "bias") : []
    let limit = (6 / Double(units + outputs)).squareRoot()
    untrained = try stream.uniform(units * outputs, named: "readout").map { limit * (2 * $0 - 1) }
    rotation =
      reservoir.unit == .orthogonal ? try RecurrentWeights.orthogonal(units, from: &stream, named: "rotation") : []
  }

  /// - Throws: ``ReservoirError/shape(series:found:expected:)`` for weights that aren't the reservoir's.
  func check(_ reservoir: Reservoir) throws(ReservoirError) {
    let (units, outputs) = (reservoir.units, reservoir.outputs)
    let expected: [(String, Int, Int)] = [
      ("recurrent weights", recurrent.size, units), ("input weights", input.count, units * reservoir.inputs),
      ("feedback weights", feedback.count, reservoir.feedback ? units * outputs : 0),
      ("biases", bias.count, bias.isEmpty ? 0 : units),
      ("untrained weights", untrained.count, untrained.isEmpty ? 0 : units * outputs),
      ("orthogonal matrix", rotation.count, reservoir.unit == .orthogonal ? units * units : 0),
    ]
    for (name, found, wanted) in expected where found != wanted {
      throw .shape(series: name, found: [found], expected: "\(wanted)")
    }
  }
}
