import ArrayFixtures
import Foundation
import PJRT
import TestSupport
import Testing

@testable import Training

/// Groups of a batch that are normalized and perturbed each by itself, on any number of devices: as JAX has them on eight,
/// see `generate_devices.py`.
@Suite(.tags(.engine, .slow)) struct GroupTests {
  private struct Row: Decodable {
    let name: String
    let sam: Bool
    let normGroups: Int
    let samGroups: Int
    let losses: FixtureArray
    let state: [String: FixtureArray]
  }

  private static let rows = Result { try Bundle.module.rows("devices", of: Row.self) }

  private static let (batch, steps) = (16, 4)

  /// The generator's numbers.
  private static func numbers(_ shape: Shape, _ seed: Double, _ scale: Double) -> Tensor {
    Tensor((0..<shape.elementCount).map { scale * sin(seed + 1.3 * Double($0)) }, shape: shape)
  }

  private static func data() throws -> LabeledArrays {
    let count = batch * steps
    let images = numbers([count, 4, 4, 1], 0.5, 1) + numbers([count, 1, 1, 1], 0.2, 0.7)
    return try LabeledArrays(
      inputs: images.hostArray(), targets: HostArray((0..<count).map { Int32($0 * 7 % 3) }), classCount: 3)
  }

  private static let parameters = TensorTree([
    ("conv/kernel", numbers([3, 3, 1, 2], 0.1, 0.5)), ("norm/scale", numbers([2], 0.7, 0.3) + 1),
    ("norm/offset", numbers([2], 0.4, 0.2)), ("dense/kernel", numbers([8, 3], 0.9, 0.4)),
    ("dense/bias", numbers([3], 0.3, 0.1)),
  ])

  /// Our paths by the generator's names.
  private static let paths = [
    "conv": "parameters/conv/kernel", "scale": "parameters/norm/scale", "offset": "parameters/norm/offset",
    "dense": "parameters/dense/kernel", "bias": "parameters/dense/bias", "mean": "state/norm/mean",
    "variance": "state/norm/variance",
  ]

  private static func train(
    normGroups: Int = 1, rule: any GradientRule = PlainGradient(), devices: Int, batch: Int = batch,
    precision: Precision = .float64, options: FitOptions = FitOptions(order: SequentialOrder())
  ) throws -> (trainer: Trainer, loss: Double) {
    let convention = BatchNormConvention(momentum: 0.9, epsilon: 1e-3)
    let model = Sequential {
      Conv2D(2, size: 3, hasBias: false).named("conv")
      BatchNorm(convention, activation: ReLU()).named("norm")
      Flatten()
      Dense(3).named("dense")
    }
    let method = Method(loss: SoftmaxCrossEntropy(), optimizer: SGD(learningRate: 0.2)) {
      $0.gradientRule = rule
      $0.normalizationGroups = normGroups
    }
    let data = try data()
    return try Engines.eightDevices.get().asShared {
      let trainer = try Trainer(
        model: model, method: method, inputs: data.inputs, precision: precision,
        parameters: parameters.mapValues { $0.cast(to: precision.parameters) }, devices: devices)
      let history = try trainer.fit(data, epochs: 1, batchSize: batch, options: options)
      return (trainer, history.epochs[0]["loss"] ?? .nan)
    }
  }

  /// As a row has it: a group that is perturbed by itself is normalized by itself.
  private static func train(
    _ row: Row, devices: Int, precision: Precision = .float64
  ) throws -> (trainer: Trainer, loss: Double) {
    let rule: any GradientRule = row.sam ? SAM(rho: 0.1, groups: row.samGroups) : PlainGradient()
    return try train(normGroups: row.sam ? 1 : row.normGroups, rule: rule, devices: devices, precision: precision)
  }

  @Test(arguments: [1, 2, 4, 8]) func stepsAreJAXs(_ devices: Int) throws {
    let rows = try Self.rows.get()
    #expect(rows.count == 6)
    for row in rows {
      let (trainer, loss) = try Self.train(row, devices: devices)
      let losses = try row.losses.tensor().values(as: Double.self)
      #expect((loss - losses.reduce(0, +) / Double(losses.count)).magnitude < 1e-12, "\(row.name)")
      for (name, expected) in row.state {
        let found = try trainer.state.tree[#require(Self.paths[name])]?.values(as: Double.self)
        #expect(try distance(found ?? [], expected.tensor().values(as: Double.self)) < 1e-12, "\(row.name): \(name)")
      }
    }
  }

  /// In single precision, by the kernels.
  @Test(arguments: [1, 4]) func stepsInSinglePrecision(_ devices: Int) throws {
    for row in try Self.rows.get() {
      let (trainer, _) = try Self.train(row, devices: devices, precision: .float32)
      for (name, expected) in row.state {
        let found = try trainer.state.tree[#require(Self.paths[name])]?.values(as: Float.self).map { Double($0) }
        #expect(try distance(found ?? [], expected.tensor().values(as: Double.self)) < 2e-5, "\(row.name): \(name)")
      }
    }
  }

  /// A last batch that is padded, parts of groups, and other rules, against one device.
  @Test func groupsOfOtherRules() throws {
    let rules: [any GradientRule] = [
      ASAM(groups: 4), GSAM(groups: 4), SAM(statePass: .second, reportedLoss: .mean, groups: 8),
      Accumulation(parts: 2, of: SAM(groups: 4)), SAM(groups: 2),
    ]
    let options = FitOptions(order: SequentialOrder(), partialBatch: .pad)
    for rule in rules {
      let (one, loss) = try Self.train(rule: rule, devices: 1, batch: 24, options: options)
      for devices in [2, 4] {
        let (several, own) = try Self.train(rule: rule, devices: devices, batch: 24, options: options)
        #expect(try distance(several.state.tree.doubles(), one.state.tree.doubles()) < 1e-12, "\(type(of: rule).name)")
        #expect((own - loss).magnitude < 1e-12)
      }
    }
  }

  /// Groups are those of the whole batch, whatever parts of it a rule evaluates: parts of two groups, or of half a group.
  @Test func groupsOfParts() throws {
    func numbers(_ normGroups: Int, _ samGroups: Int, devices: Int) throws -> [Double] {
      try Self.train(normGroups: normGroups, rule: SAM(groups: samGroups), devices: devices).trainer.state.tree
        .doubles()
    }
    for (norm, sam) in [(8, 4), (4, 8), (8, 1), (2, 2)] {
      let one = try numbers(norm, sam, devices: 1)
      #expect(try distance(numbers(norm, sam, devices: 4), one) < 1e-12, "\(norm), \(sam)")
    }
    // A part that is smaller than a group is normalized by itself.
    #expect(try numbers(4, 8, devices: 1) == numbers(1, 8, devices: 1))
    #expect(try distance(numbers(8, 4, devices: 1), numbers(4, 4, devices: 1)) > 1e-4)
  }

  /// Groups matter.
  @Test func groupsAreNotTheWholeBatch() throws {
    let whole = try Self.train(rule: SAM(rho: 0.1), devices: 2).trainer.numbers()
    let groups = try Self.train(rule: SAM(rho: 0.1, groups: 8), devices: 2).trainer.numbers()
    let norms = try Self.train(normGroups: 8, rule: SAM(rho: 0.1), devices: 2).trainer.numbers()
    #expect(distance(whole, groups) > 1e-3)
    #expect(distance(whole, norms) > 1e-3)
    #expect(distance(groups, norms) > 1e-3)
  }

  @Test func unevenGroupsAreRefused() throws {
    func refused(_ body: () throws -> Void) -> String {
      (#expect(throws: Diagnostic.self) { try body() })?.description ?? ""
    }
    let uneven = "groups don't divide a batch of 16"
    #expect(refused { _ = try Self.train(rule: SAM(groups: 3), devices: 1) }.contains("3 \(uneven)"))
    #expect(refused { _ = try Self.train(normGroups: 5, devices: 2) }.contains("5 \(uneven)"))
    #expect(throws: TrainingError.invalidSetting(name: "normalization groups", value: 0, requirement: "1 or more")) {
      try Self.train(normGroups: 0, devices: 1)
    }
    // A group that three parts of a batch cut.
    #expect(
      refused { _ = try Self.train(normGroups: 4, rule: SAM(groups: 3), devices: 1, batch: 24) }
        .contains("parts of 8 examples, which the gradient rule evaluates by themselves, cut the 4 groups"))
    #expect(
      refused { _ = try Self.train(rule: SAM(groups: 6), devices: 4, batch: 24) }
        .contains("6 groups can't be spread evenly over 4 devices: one must be a multiple of the other"))
    #expect(
      refused { _ = try Self.train(rule: Accumulation(parts: 3), devices: 4, batch: 20) }
        .contains("can't be spread evenly over 4 devices"))
  }
}
