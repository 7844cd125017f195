import Foundation
import TestSupport
import Testing

@testable import Tensors

/// Whose line a diagnostic names.
@Suite(.tags(.engine)) struct LocationTests {
  private static let x = Tensor.zeros([2, 3])
  private static let y = Tensor.zeros([2, 4])
  private static let i = Tensor.zeros([2, 3], dtype: .int32)
  private static let flags = Tensor.zeros([2, 4], dtype: .bool)
  private static let key = Key(seed: 1)

  /// An operation that can't be, and the line it is called in.
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let line: Int
    let make: @Sendable () -> Tensor

    init(_ name: String, line: Int = #line, _ make: @escaping @Sendable () -> Tensor) {
      (self.name, self.line, self.make) = (name, line, make)
    }

    var testDescription: String { name }
  }

  static let functions: [Row] = [
    Row("power") { x.power(y) }, Row("power of a number") { flags.power(2) },
    Row("remainder") { x.remainder(dividingBy: y) }, Row("remainder of a number") { flags.remainder(dividingBy: 2) },
    Row("maximum") { x.maximum(y) }, Row("minimum") { x.minimum(y) }, Row("types") { x.maximum(i) },
    Row("atan2") { Tensor.atan2(x, y) }, Row("shiftedLeft") { i.shiftedLeft(by: y) },
    Row("shiftedRight") { i.shiftedRight(by: x) }, Row("select") { Tensor.select(flags, x, x) },
    Row("select's condition") { Tensor.select(x, x, x) }, Row("replaced") { x.replaced(where: flags, by: y) },
    Row("replaced by a number") { x.replaced(where: flags, by: 0) }, Row("exp") { i.exp() }, Row("log") { i.log() },
    Row("sqrt") { i.sqrt() }, Row("tanh") { i.tanh() }, Row("isFinite") { i.isFinite() }, Row("abs") { flags.abs() },
    Row("squared") { flags.squared() }, Row("subscript") { x[5] }, Row("reshape") { x.reshape(to: [7]) },
    Row("broadcast") { x.broadcast(to: [5]) }, Row("zeros") { Tensor.zeros([-1]) }, Row("ones") { Tensor.ones([-2]) },
    Row("iota") { Tensor.iota([2], axis: 3) }, Row("identity") { Tensor.identity(-1) }, Row("oneHot") { i.oneHot(-1) },
    Row("matmul") { x.matmul(y) }, Row("sum") { x.sum([4]) }, Row("mean") { i.mean() },
    Row("variance") { i.variance() },
    Row("logSumExp") { flags.logSumExp() }, Row("argMax") { x.argMax(axis: 3) }, Row("take") { x.take(y) },
    Row("slice") { x.slice(0..<9) }, Row("concatenate") { Tensor.concatenate([x, y]) },
    Row("stack") { Tensor.stack([x, y]) }, Row("sort") { x.sort(axis: 4) }, Row("conv2D") { x.conv2D(y) },
    Row("solve") { x.solve(y) }, Row("eigh") { x.eigh().values }, Row("eigvals") { x.eigvals().real },
    Row("svd") { x.sum().svd().u }, Row("qr") { x.sum().qr().q }, Row("lu") { x.lu().order },
    Row("lstsq") { x.lstsq(x.sum()) }, Row("uniform") { key.uniform([2], dtype: .int32) },
    Row("bits") { key.bits([-1]) },
    Row("bernoulli") { key.bernoulli([-1], probability: 0.5) }, Row("normal") { key.normal([-1]) },
  ]

  @Test(arguments: functions) func functionsNameTheCallersLine(_ row: Row) throws {
    let diagnostic = try #require(row.make().diagnostic, "\(row.name) can be")
    #expect(diagnostic.location == "TensorsTests/LocationTests.swift:\(row.line)", "\(row.name)")
    #expect(diagnostic.description.hasSuffix(" (TensorsTests/LocationTests.swift:\(row.line))"))
  }

  static let operators: [Row] = [
    Row("+") { x + y }, Row("-") { x - y }, Row("*") { x * y }, Row("/") { x / y }, Row("prefix -") { -flags },
    Row("types") { x + i },
    Row("+=") {
      var sum = x; sum += y; return sum
    }, Row(".==") { x .== y },
    Row(".!=") { x .!= y }, Row(".<") { x .< y }, Row(".<=") { x .<= y }, Row(".>") { x .> y }, Row(".>=") { x .>= y },
    Row(".&") { x .& x }, Row(".|") { flags .| i }, Row(".^") { x .^ y }, Row(".!") { .!x },
    Row("a number") { flags - 1 },
  ]

  /// An operator can't know its line, and a line of ours would mislead.
  @Test(arguments: operators) func operatorsNameNoLine(_ row: Row) throws {
    let diagnostic = try #require(row.make().diagnostic, "\(row.name) can be")
    #expect(diagnostic.file == nil && diagnostic.location == nil)
    #expect(!diagnostic.description.contains(".swift"), "\(diagnostic)")
  }

  @Test func operatorsNameTheLayerTheyAreIn() throws {
    let failed = TraceContext.$path.withValue("encoder/own") { Self.x + Self.y }
    #expect(try #require(failed.diagnostic).description.hasSuffix("don't broadcast, in layer encoder/own"))
  }

  /// Whoever adds a module to the package adds it to the list.
  @Test func linesOfEveryModuleAreOurs() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Sources")
    let modules = try FileManager.default.contentsOfDirectory(atPath: sources.path)
    // These know no tensors.
    let others: Set = [
      "Arrays", "CArchive", "CPJRT", "CKernels", "CReservoirs", "CPNG", "CJPEG", "CPictures", "CProcessor", "CSHA256",
      "CZlib", "RegistryTool", "EmbedTool",
      "Figures", "Files", "Formats", "Peers", "Search", "Sockets", "Statistics",
    ]
    #expect(Set(modules.filter { !$0.hasPrefix(".") }).subtracting(others) == Diagnostic.rooms)
  }
}
