import ArrayFixtures
import Configuration
import Foundation
import Layers
import TestSupport
import Testing

struct ActivationRow: Decodable, CustomTestStringConvertible {
  let name: String
  let activation: String
  let attributes: [String: Double]
  let inputs: FixtureArray
  let values: [FixtureNumber]
  /// Of elementwise functions.
  let derivatives: [FixtureNumber]?
  /// Of functions along an axis: the gradient of their sum weighted by the cotangent.
  let cotangent: [FixtureNumber]?
  let gradient: [FixtureNumber]?

  var testDescription: String { name }

  /// The registered method the row is about.
  var choice: MethodSpec {
    activation == "geluTanh"
      ? MethodSpec("gelu", Options(["approximate": .flag(true)]))
      : MethodSpec(activation, Options(attributes.mapValues { .number($0) }))
  }

  static let all: [ActivationRow] = (try? Bundle.module.rows("activations")) ?? []
}

@Suite(.tags(.engine)) struct ActivationTests {
  static let all = Registry<any Activation>.all

  @Test func everyActivationHasRows() {
    #expect(Set(ActivationRow.all.map(\.choice.name)) == Set(Self.all.names))
  }

  @Test(arguments: ActivationRow.all)
  func valuesAndDerivatives(_ row: ActivationRow) throws {
    let activation = try Self.all.build(row.choice)
    let x = try row.inputs.tensor()
    let cotangent = Tensor((row.cotangent ?? []).map(\.value), shape: x.shape).cast(to: x.dtype)
    let slope = gradient(at: x) { x in (row.cotangent == nil ? activation(x) : activation(x) * cotangent).sum() }
    let found = try Tensor.evaluate([activation(x), slope])
    let tolerance = x.dtype == .float64 ? 1e-14 : 2e-6
    #expect(agree(try found[0].doubles(), row.values.map(\.value), within: tolerance))
    let expected = try #require(row.derivatives ?? row.gradient).map(\.value)
    #expect(agree(try found[1].doubles(), expected, within: tolerance))
  }

  /// Far out, every activation is a line through 0 within what its values at ±10⁴ show, up to the last float.
  @Test(arguments: [DType.float32, .float64])
  func extremes(_ dtype: DType) throws {
    let rows = ActivationRow.all.filter { $0.derivatives != nil && $0.inputs.dtype == "\(dtype)" }
    let greatest = dtype == .float64 ? Double.greatestFiniteMagnitude : Double(Float.greatestFiniteMagnitude)
    let points = [1e4, -1e4, 1e30, -1e30, greatest, -greatest]
    let results = try rows.flatMap { row in
      let activation = try Self.all.build(row.choice)
      // The slope of SELU is above 1.
      let x = Tensor(row.activation == "selu" ? points.map { $0 / 2 } : points).cast(to: dtype)
      return [activation(x) / x, gradient(at: x) { activation($0).sum() }]
    }
    let found = try Tensor.evaluate(results).map { try $0.doubles() }
    #expect(rows.count > 20)
    for (index, row) in rows.enumerated() {
      let (ratios, slopes) = (found[2 * index], found[2 * index + 1])
      for far in 2..<6 {
        #expect((ratios[far] - ratios[far % 2]).magnitude < 2e-3, "\(row.name) at \(points[far])")
        #expect((slopes[far] - slopes[far % 2]).magnitude < 1e-6, "\(row.name) at \(points[far])")
      }
    }
  }

  @Test(arguments: [DType.float16, .bfloat16])
  func halfPrecisionHasNoNaN(_ dtype: DType) throws {
    let greatest = dtype == .float16 ? 65504.0 : 0x1.FEp127
    let x = Tensor([-greatest, -1e4, -300, -20, -12, -6, -5, 0, 5, 6, 12, 20, 300, 1e4, greatest, 1], shape: [8, 2])
      .cast(to: dtype)
    let activations = try Self.all.names.map { try Self.all.build(MethodSpec($0)) }
    let found = try Tensor.evaluate(
      activations.flatMap { activation in [activation(x), gradient(at: x) { activation($0).sum() }] })
    for (index, name) in Self.all.names.enumerated() {
      for result in found[2 * index...2 * index + 1] {
        #expect(try result.doubles().allSatisfy { !$0.isNaN }, "\(name)")
      }
    }
  }

  @Test(arguments: all.names)
  func derivativesAreTheLimitsOfDifferences(_ name: String) throws {
    let activation = try Self.all.build(MethodSpec(name))
    let x = Tensor([-4.3, -2.2, -0.7, 0.3, 1.2, 2.7, 3.4, 7.9], shape: [4, 2])
    // Different weights, or a softmax' sum would be constant.
    let weights = Tensor([0.3, -1.1, 0.7, 0.9, -0.4, 1.3, 0.2, 0.6], shape: [4, 2])
    func slope(_ x: Tensor) -> Tensor { gradient(at: x) { (activation($0) * weights).sum() } }
    let (step, direction) = (1e-5, Tensor([1.0, 0], shape: [1, 2]))
    let (above, below) = (x + direction * step, x - direction * step)
    func rows(_ x: Tensor) -> Tensor { (activation(x) * weights).sum([1]) }
    let second = gradient(at: x) { (slope($0) * direction).sum() }
    let found = try Tensor.evaluate([
      slope(x).slice(0..<1, axis: 1).reshape(to: [4]), (rows(above) - rows(below)) / (2 * step),
      second, (slope(above) - slope(below)) / (2 * step),
    ]).map { try $0.doubles() }
    #expect(agree(found[0], found[1], within: 1e-8))
    #expect(agree(found[2], found[3], within: 1e-8))
  }

  @Test(arguments: ActivationRow.all.filter { !$0.name.hasSuffix("float32") })
  func rangesAreTheLeastIntervals(_ row: ActivationRow) throws {
    let activation = try Self.all.build(row.choice)
    let grid = stride(from: -30.0, through: 30, by: 0.001) + [-1e7, 1e7]
    let x = Tensor(grid)
    let values = try activation(Tensor.stack([x, -x], axis: row.attributes["axis"] == 0 ? 0 : 1)).doubles()
    let (low, high) = try (#require(values.min()), #require(values.max()))
    let range = activation.range
    #expect(range.lowerBound.isFinite ? (low - range.lowerBound).magnitude < 1e-6 : low < -50 || low / -1e7 > 0.009)
    #expect(range.upperBound.isFinite ? (high - range.upperBound).magnitude < 1e-6 : high > 1e6)
  }

  @Test func leastValuesAndGreatestSlopes() throws {
    func check(_ activation: any Activation, least: Double, at place: Double) throws {
      let grid = Array(stride(from: place - 0.5, through: place + 0.5, by: 0.0001))
      let values = try activation(Tensor(grid)).doubles()
      let index = try #require(values.indices.min { values[$0] < values[$1] })
      #expect((values[index] - least).magnitude < 1e-5)
      #expect((grid[index] - place).magnitude < 2e-4)
      #expect((activation.range.lowerBound - values[index]).magnitude < 1e-7)
    }
    try check(TanhExp(), least: -0.35329, at: -1.0789)
    try check(Mish(), least: -0.30884, at: -1.1924)
    try check(Swish(), least: -0.27846, at: -1.2785)
    try check(HSwish(), least: -0.375, at: -1.5)
    for n in 1...10 { try check(HSwish(n: Double(n)), least: -Double(n) / 16, at: -Double(n) / 4) }

    let grid = Array(stride(from: -5.0, through: 5, by: 0.0001))
    let slopes = try gradient(at: Tensor(grid)) { TanhExp()($0).sum() }.doubles()
    let steepest = try #require(slopes.indices.max { slopes[$0] < slopes[$1] })
    #expect((slopes[steepest] - 1.06198).magnitude < 1e-5)
    #expect((grid[steepest] - 0.6966).magnitude < 2e-4)
  }

  /// The comparisons are strict, so the derivative at a joint is the left side's.
  @Test(arguments: [1.0, 3, 6, 10])
  func hSwishJumps(_ n: Double) throws {
    let half = n / 2
    let x = Tensor([-half, (-half).nextUp, half, half.nextUp])
    let slopes = try gradient(at: x) { HSwish(n: n)($0).sum() }.doubles()
    #expect(agree(slopes, [0, -0.5, 1.5, 1], within: 1e-12))
  }

  @Test(arguments: [
    "hSwish(n: 0)", "hSwish(n: nan)", "leakyRelu(slope: -1)", "swish(beta: 0)", "elu(alpha: -1)",
    "gelu(approximate: 3)", "softmax(axis: 0.5)", "relu(slope: 1)", "hswosh",
  ])
  func wrongOptionsAreErrors(_ text: String) throws {
    let choice = try MethodSpec(parsing: text)
    #expect(throws: ConfigurationError.self) { try Self.all.build(choice) }
  }

  @Test func softmaxOfAMissingAxisFails() {
    #expect(throws: Diagnostic.self) { try Tensor([1.0, 2]).softmax(axis: 1).evaluate() }
    #expect(throws: Diagnostic.self) { try Tensor([1, 2] as [Int32]).logSoftmax().evaluate() }
  }
}
