import Reports
import TestSupport
import Testing

@Suite(.tags(.unit)) struct SweepTests {
  private func sweeps(_ arms: [ArmFacts]) throws -> [Sweep] {
    try StudyReport(
      StudyFacts(name: "sweep", arms: arms), arms.map { ArmResult($0.name, "val_accuracy", [[0.9], [0.91]]) }
    ).sweeps
  }

  private func arm(_ method: String, _ rate: Double, extra: [ReportSetting] = []) -> ArmFacts {
    ArmFacts(
      "\(method) \(rate)",
      settings: [ReportSetting("optimizer", method), ReportSetting("optimizer.learningRate", "\(rate)", number: rate)]
        + extra)
  }

  @Test func armsThatDifferByANumberMakeALine() throws {
    let arms = [0.4, 0.1, 0.2].map { arm("sgd", $0) } + [0.1, 0.2, 0.4].map { arm("adam", $0) } + [ArmFacts("plain")]
    let found = try sweeps(arms)
    #expect(found.map(\.path) == ["optimizer.learningRate"])
    #expect(found.first?.lines.map(\.name) == ["sgd", "adam"])
    #expect(found.first?.lines.first?.values == [0.1, 0.2, 0.4])
    #expect(found.first?.lines.first?.arms == ["sgd 0.1", "sgd 0.2", "sgd 0.4"])
    #expect(found.first?.others == ["plain"])
  }

  /// A grid crosses arms with a setting: lines are called as the arms are written.
  @Test func linesOfAGridHaveTheirArmsNames() throws {
    let arms = [("none", "plain"), ("with warmup", "sam")].flatMap { name, rule in
      [128.0, 256, 512].map { size in
        ArmFacts(
          "\(name) batchSize=\(Int(size))",
          settings: [ReportSetting("gradientRule", rule), ReportSetting("batchSize", "\(Int(size))", number: size)])
      }
    }
    #expect(try sweeps(arms).first?.lines.map(\.name) == ["none", "with warmup"])
  }

  @Test func twoPointsAreNoLine() throws {
    #expect(try sweeps([arm("sgd", 0.1), arm("sgd", 0.2)]).isEmpty)
  }

  @Test func whatElseDiffersKeepsArmsApart() throws {
    let momenta = [0.5, 0.6, 0.9].map { (value: Double) in
      ReportSetting("optimizer.momentum", "\(value)", number: value)
    }
    #expect(try sweeps(zip([0.1, 0.2, 0.4], momenta).map { arm("sgd", $0, extra: [$1]) }).isEmpty)
  }
}
