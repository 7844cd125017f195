import Configuration
import TestSupport
import Testing

@testable import Training

/// Every number of a method may be a schedule: what a constant costs, what it may reach, and which numbers can't be one.
@Suite(.tags(.unit, .slow)) struct ScheduledSettingTests {
  /// A setting that takes a schedule, with a value that it takes.
  private struct Row {
    let kind: MethodKind
    let type: any Configurable.Type
    let setting: Parameter
    /// A number, or the ends of a range.
    let values: [Double]
    let isRange: Bool
    var name: String { "\(type.name).\(setting.name)" }

    /// The method with its setting as something writes each of its numbers.
    func text(_ written: (Double) -> String) -> String {
      let numbers = values.map(written).joined(separator: ", ")
      return "\(type.name)(\(setting.name): \(isRange ? "[\(numbers)]" : numbers))"
    }
  }

  private static func isScheduled(_ parameter: Parameter) -> Bool { parameter.allowed.contains("schedule") }

  private static let rows: [Row] = MethodKind.allCases.flatMap { kind in
    kind.types.flatMap { type in
      type.parameters.filter(isScheduled).compactMap { parameter -> Row? in
        let isRange = parameter.allowed.hasPrefix("[low, high]")
        let usual = parameter.defaultValue.split { "[], ".contains($0) }.compactMap { Double($0) }
        // Where nothing is set, or no bound, a number that does something.
        for values in [usual] + [0.5, 1, 2].map({ isRange ? [$0, $0] : [$0] })
        where values.count == (isRange ? 2 : 1) && values.allSatisfy(\.isFinite) {
          let row = Row(kind: kind, type: type, setting: parameter, values: values, isRange: isRange)
          if (try? kind.method(row.text { "\($0)" })) != nil { return row }
        }
        Issue.record("\(type.name).\(parameter.name) takes none of the numbers")
        return nil
      }
    }
  }

  @Test func everyKindHasRows() {
    for kind in MethodKind.allCases { #expect(Self.rows.contains { $0.kind == kind }, "\(kind)") }
    #expect(Self.rows.count > 250)
  }

  /// Where a number stays the same, the program is that of the number, and doesn't look at the step for it.
  @Test func aConstantHasTheProgramOfItsNumber() throws {
    for row in Self.rows where !Self.kernels.contains(row.type.name) {
      let number = try row.kind.program(row.text { "\($0)" })
      let constant = try row.kind.program(row.text { "constant(value: \($0))" })
      #expect(constant == number, "\(row.name)")
      let schedule = try row.kind.program(row.text { "piecewise(values: [\($0), \($0)], boundaries: [1])" })
      #expect((schedule == number) == Self.unused.contains(row.name), "\(row.name)")
    }
  }

  /// Settings that others, at their defaults, leave without an effect.
  private static let unused: Set<String> = [
    "esam.eta", "friendlySAM.eta", "sam.eta", "sgd.dampening", "wsam.eta",
  ]

  /// Methods whose programs need a kernel, so that they aren't written without an engine.
  private static let kernels: Set<String> = ["shampoo", "soap"]

  /// What a constant can't be no schedule may reach, whenever and however it does.
  @Test func noScheduleLeavesTheBoundsOfItsSetting() throws {
    var count = 0
    for row in Self.rows {
      func refusal(_ written: (Double) -> String) -> String? {
        do { _ = try row.kind.method(row.text(written)) } catch { return "\(error)" }
        return nil
      }
      for bad in [-1e31, -1, 0, 1, 2, 1001, 1e31] where refusal({ _ in "\(bad)" }) != nil {
        count += 1
        let shown = OptionValue.number(bad).description
        for schedule in [
          "piecewise(values: [GOOD, BAD], boundaries: [3])", "polynomial(initial: BAD, final: GOOD)",
          "cosine(initial: GOOD, final: BAD, epochs: 5)", "rex(initial: GOOD, final: BAD, steps: 9)",
          "warmup(from: GOOD, then: constant(value: BAD))", "step(initial: BAD, milestones: [])",
          "warmupStableDecay(value: BAD, final: GOOD)", "knee(peak: BAD)", "exponential(initial: BAD)",
          "inverseTime(initial: BAD)", "cosineRestarts(initial: BAD, final: GOOD)", "oneCycle(peak: BAD)",
          "untunedWarmup(then: BAD)",
        ] {
          let text = refusal { good in
            schedule.replacing("GOOD", with: "\(good)").replacing("BAD", with: "\(bad)")
          }
          #expect(
            text?.contains("'\(row.setting.name)' is ") == true, "\(row.name): \(schedule), \(bad): \(text ?? "")")
          if schedule.hasPrefix("piecewise") {
            #expect(text?.contains("which reaches \(shown), but must be ") == true, "\(row.name): \(text ?? "")")
          }
        }
      }
      let good = refusal { "piecewise(values: [\($0), \($0)], boundaries: [3])" }
      #expect(good == nil, "\(row.name): \(good ?? "")")
    }
    #expect(count > 300)
  }

  /// A limit that is come near and never reached is none that is left.
  @Test func limitsMayBeComeNear() throws {
    for text in ["adam(beta2: polynomial(initial: 0.9, final: 1))", "adam(epsilon: exponential(initial: 1e-3))"] {
      _ = try Registry<any Optimizer>.all.build(MethodSpec(parsing: text))
    }
    for text in [
      "adam(beta2: polynomial(initial: 0.9, final: 1, epochs: 3))",
      "adam(beta2: step(initial: 0.5, milestones: [1], factor: 2))",
    ] {
      #expect(throws: ConfigurationError.self) { try Registry<any Optimizer>.all.build(MethodSpec(parsing: text)) }
    }
  }

  /// Every schedule knows what it reaches.
  @Test func everyScheduleKnowsWhatItReaches() throws {
    for name in Registry<any NamedSchedule>.all.names {
      let schedule = try Registry<any NamedSchedule>.all.build(MethodSpec(name))
      // The batch is known when training begins.
      #expect(schedule.extremes.isEmpty == (name == "batchScaled"), "\(name)")
    }
  }

  /// Numbers that no schedule can take the place of, by the reason.
  private static let reasons: [String: Set<String>] = [
    "sizes and counts, which are shapes of the program or repetitions in it": [
      "accumulation.parts", "accumulation.partSize", "adaFlood.folds", "asam.groups", "augMix.depth", "augMix.width",
      "esam.gamma", "gaussianBlur.size", "gsam.groups", "lawa.snapshots", "lbfgs.history", "muon.iterations",
      "randAugment.operations", "sam.groups", "shampoo.greatestExtent", "soap.greatestExtent", "surgery.count",
      "wsam.groups",
    ],
    "times: when something happens": [
      "adEMAMix.warmup", "curvature.every", "lawa.epochs", "lawa.steps", "lookSAM.every", "lookahead.every",
      "onPlateau.average", "onPlateau.cooldown", "onPlateau.patience", "shampoo.every", "soap.every", "sophia.every",
      "swa.epochs", "swa.start", "swa.steps",
    ],
    "what is there before the first step": [
      "adaFlood.gamma", "adagrad.initialSum", "bsam.precision", "dAdaptAdam.initialDistance",
      "dAdaptSGD.initialDistance", "ftrl.initialSum", "prodigy.initialDistance", "yogi.initial",
    ],
    "part of what a state means: another number would make another state of it": [
      "bsam.examples", "ftrl.power", "muon.coefficients", "nadam.momentumDecay",
    ],
    "guards against rounding": [
      "adafactor.epsilon", "binaryCrossEntropy.clip", "klDivergence.clip", "probabilityCrossEntropy.clip",
      "softmaxCrossEntropy.clip",
    ],
    "attributes of the resampling": [
      "augMix.fill", "autoAugment.fill", "imageDataGenerator.fillValue", "randAugment.fill", "rotation.fillValue",
      "shear.fillValue", "shift.fillValue", "trivialAugment.fill", "zoom.fillValue",
    ],
  ]

  @Test func everyOtherNumberHasAReason() {
    let others = MethodKind.allCases.flatMap { kind in
      kind.types.flatMap { type in
        type.parameters.filter { parameter in
          !Self.isScheduled(parameter)
            && (parameter.allowed.contains("number") || parameter.allowed.contains(where: \.isNumber))
        }.map { "\(type.name).\($0.name)" }
      }
    }
    let explained = Self.reasons.values.reduce(Set()) { $0.union($1) }
    #expect(Set(others).subtracting(explained) == [])
    #expect(explained.subtracting(others) == [])
  }
}
