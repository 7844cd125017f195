import Configuration
import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

/// Generated series against plain NumPy, and series from files.
@Suite(.tags(.engine)) struct SeriesTests {
  private func fixture() throws -> [String: [Double]] {
    try Bundle.module.decodeFixture("series")
  }

  @Test func generatedSeriesAreNumPys() throws {
    let fixture = try fixture()
    var system = MackeyGlass()
    system.skipped = 20
    #expect(distance(system.series(100), fixture["euler"]) < 1e-10)
    system.method = .rungeKutta
    #expect(distance(system.series(100), fixture["rungeKutta"]) < 1e-10)
    (system.method, system.tau) = (.euler, 30)
    #expect(distance(system.series(50), fixture["euler30"]) < 1e-10)
    #expect(distance(Lorenz().series(100, skipped: 0), fixture["lorenz"]) < 1e-9)
    #expect(distance(NARMA().outputs(of: try #require(fixture["narmaInputs"])), fixture["narma"]) < 1e-14)
  }

  @Test func sourcesGiveOneStepAhead() throws {
    let folders = DataFolders(searched: [], cache: "/nonexistent", allowsDownload: false)
    for text in [
      "sine", "sines", "mackeyGlass", "lorenz", "lorenz96", "rossler", "doubleScroll", "multiScroll",
      "rabinovichFabrikant", "henon", "logistic", "kuramotoSivashinsky",
    ] {
      let choice = try MethodSpec(parsing: "\(text)(train: 30, test: 20)")
      let pair = try Registry<any DataSource>.all.build(choice).load(from: folders, progress: nil)
      #expect(pair.train.count == 30 && pair.test.count == 20)
      let inputs: [Double] = try pair.train.inputs.values()
      let targets: [Double] = try pair.train.targets.values()
      let next: [Double] = try pair.test.inputs.values()
      let channels = inputs.count / 30
      #expect(Array(inputs.dropFirst(channels)) == Array(targets.dropLast(channels)))
      #expect(Array(targets.suffix(channels)) == Array(next.prefix(channels)))
    }
    let narma = try Registry<any DataSource>.all.build(MethodSpec(parsing: "narma(train: 30, test: 20)"))
      .load(from: folders, progress: nil)
    let inputs: [Double] = try narma.train.inputs.values()
    let targets: [Double] = try narma.train.targets.values()
    #expect(Array(NARMA().outputs(of: inputs)) == targets)
    // Of order 30 the series always grows without bound.
    let endless = try Registry<any DataSource>.all.build(MethodSpec(parsing: "narma(order: 30)"))
    let error = #expect(throws: DatasetError.self) { try endless.load(from: folders, progress: nil) }
    #expect("\(try #require(error))".contains("lower order"))
  }

  /// Noise apart, what is received follows from ten symbols around each step; the noise has the power that was asked
  /// for.
  @Test func channelsSpreadSymbols() throws {
    var channel = Channel()
    channel.signalToNoise = 200
    let (clean, symbols) = channel.transmission(5000, seed: 3)
    #expect(Set(symbols) == [-3, -1, 1, 3])
    // Element n of `symbols` is d[n - 2].
    for n in stride(from: 10, to: 4990, by: 498) {
      let d = { (offset: Int) in symbols[n + 2 + offset] }
      let taps = [0.08, -0.12, 1, 0.18, -0.1, 0.091, -0.05, 0.04, 0.03, 0.01]
      let q = taps.enumerated().reduce(0) { $0 + $1.element * d(2 - $1.offset) }
      #expect(abs(clean[n] - (q + 0.036 * q * q - 0.011 * q * q * q)) < 1e-8)
    }
    channel.signalToNoise = 12
    let noise = zip(channel.transmission(5000, seed: 3).received, clean).map { $0 - $1 }
    func power(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } / Double(values.count) }
    #expect(abs(10 * log10(power(clean) / power(noise)) - 12) < 0.2)
    #expect(channel.transmission(10, seed: 4).symbols != channel.transmission(10, seed: 5).symbols)
  }

  @Test func delaysAreThePast() throws {
    var source = DelaysSource()
    (source.train, source.test, source.delays) = (20, 10, 3)
    let pair = try source.load(
      from: DataFolders(searched: [], cache: "/nonexistent", allowsDownload: false), progress: nil)
    let inputs: [Double] = try pair.train.inputs.values()
    let targets: [Double] = try pair.train.targets.values()
    for step in 3..<20 {
      for delay in 1...3 { #expect(targets[step * 3 + delay - 1] == inputs[step - delay]) }
    }
    #expect(inputs.allSatisfy { abs($0) <= 0.8 } && Set(inputs).count == 20)
  }

  @Test func seriesFilesAreReadOrMissed() throws {
    let folder = NSTemporaryDirectory() + "series-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder + "/timeseries", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let folders = DataFolders(searched: [folder], cache: folder, allowsDownload: false)
    let missing = #expect(throws: DatasetError.self) { try LaserSource().load(from: folders, progress: nil) }
    #expect("\(try #require(missing))".contains("santa-fe-laser-a.txt"))
    try "86\n141\n95\n41\n22\n".write(
      toFile: folder + "/timeseries/santa-fe-laser-a.txt", atomically: true, encoding: .utf8)
    var laser = LaserSource()
    (laser.train, laser.test, laser.scale) = (2, 2, 1)
    let pair = try laser.load(from: folders, progress: nil)
    #expect(try pair.train.targets.values(as: Double.self) == [141, 95])
    #expect(try pair.test.targets.values(as: Double.self) == [41, 22])
    laser.test = 3
    #expect(throws: DatasetError.self) { try laser.load(from: folders, progress: nil) }
    let row = "1749;01;1749.042;  96.7; -1.0;   -1;1\n"
    try String(repeating: row, count: 6).write(
      toFile: folder + "/sunspots-monthly-silso-v2.csv", atomically: true, encoding: .utf8)
    var spots = SunspotsSource()
    (spots.train, spots.scale) = (3, 1)
    let months = try spots.load(from: folders, progress: nil)
    #expect(months.test.count == 2)
    #expect(try months.train.inputs.values(as: Double.self) == [96.7, 96.7, 96.7])
  }

  @Test func utterancesEndAtOnes() {
    let frame = (0..<12).map { Double($0) }
    let end = [Double](repeating: 1, count: 12)
    let found = VowelsSource.split(frame + frame + end + end + frame)
    #expect(found.map(\.count) == [2, 1])
  }
}
