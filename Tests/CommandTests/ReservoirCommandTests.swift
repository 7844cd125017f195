import Foundation
import Tanren
import TestSupport
import Testing

/// From a series to a reservoir, and from the reservoir to predictions.
@Suite(.tags(.process)) struct ReservoirCommandTests: CommandSuite {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func rows(_ name: String) throws -> [[String]] {
    try folder.text(name).split(separator: "\r\n").map { $0.split(separator: ",").map(String.init) }
  }

  @Test func predictAndGenerate() throws {
    let run = try output(
      "run", "experiment=reservoirPrediction(units: 100, washout: 50, readout: ridge(lambda: 1e-6))",
      "data=sine(period: 50, train: 500, test: 100)", "--dtype", "float64", "--output", "wave")
    #expect(run.contains("wave/model.safetensors"))
    let series = (0..<300).map { sin(2 * Double.pi * Double($0) / 50) }
    try folder.write("wave\n" + series.map { "\($0)\n" }.joined(), to: "sensor.csv")
    #expect(
      try output("predict", "wave/model.safetensors", "sensor.csv", "--output", "predictions.csv")
        == "Written: predictions.csv, 300 predictions\n")
    let predictions = try rows("predictions.csv")
    #expect(
      predictions.count == 301 && predictions[0] == ["name", "value"] && predictions[300][0] == "sensor.csv[299]")
    for step in 100..<299 {
      #expect(abs((Double(predictions[step + 1][1]) ?? .nan) - series[step + 1]) < 0.01)
    }
    #expect(
      try output("predict", "wave/model.safetensors", "--generate", "500", "--output", "generated.csv")
        == "Written: generated.csv, 500 predictions\n")
    #expect(try rows("generated.csv").count == 501 && rows("generated.csv")[500][0] == "500")
    let after = try output("predict", "wave/model.safetensors", "sensor.csv", "--generate", "20")
    let values = after.split(separator: "\r\n").dropFirst().compactMap { Double($0.split(separator: ",")[1]) }
    #expect(values.enumerated().allSatisfy { abs($0.element - sin(2 * .pi * Double(300 + $0.offset) / 50)) < 0.05 })
    #expect(values.count == 20)
    // A series of one's own: columns by name, in their unit, also where the network saw them standardized.
    let temperatures = series.map { 20 + 5 * $0 }
    try folder.write(
      "load,temperature\n" + temperatures.enumerated().map { "\($0.offset),\($0.element)\n" }.joined(), to: "own.csv")
    let own = try output(
      "run", "experiment=reservoirPrediction(units: 100, washout: 50, readout: ridge(lambda: 1e-6))",
      "data=series(path: own.csv, columns: [temperature], train: 200, standardized: true)", "--dtype", "float64",
      "--output", "own")
    #expect(own.contains("own/model.safetensors"))
    _ = try output("predict", "own/model.safetensors", "own.csv", "--output", "own-predictions.csv")
    let found = try rows("own-predictions.csv")
    #expect(found[0] == ["name", "temperature"] && found.count == 301)
    for step in 100..<299 {
      #expect(abs((Double(found[step + 1][1]) ?? .nan) - temperatures[step + 1]) < 0.05)
    }
    let further = try output("predict", "own/model.safetensors", "--generate", "10").split(separator: "\r\n")
      .dropFirst().compactMap { Double($0.split(separator: ",")[1]) }
    #expect(further.count == 10 && abs(further[0] - temperatures[299]) < 0.05)
    for (words, part) in [
      (["wave/model.safetensors"], "--generate"), (["wave/model.safetensors", "--generate", "0"], "between 1"),
      (["wave/model.safetensors", "sensor.csv", "sensor.csv", "--generate", "2"], "one file"),
      (["wave/model.safetensors", "absent.csv"], "absent.csv"),
    ] {
      let result = try TanrenProcess.run(["predict"] + words, in: folder)
      #expect(result.status == 2 && result.error.contains(part), "\(words): \(result.error)")
    }
  }

  /// Several networks' forecasts are a median with bounds, which are those of the networks one by one.
  @Test func forecastWithBounds() throws {
    try folder.write(
      "load\n" + (0..<300).map { "\(sin(0.3 * Double($0)) * cos(0.05 * Double($0)))\n" }.joined(), to: "log.csv")
    var alone: [[Double]] = []
    for seed in 0..<3 {
      _ = try output(
        "run", "experiment=reservoirPrediction(units: 40, washout: 20, readout: ridge(lambda: 1e-4))",
        "data=series(path: log.csv, columns: [load], train: 250)", "--dtype", "float64", "seed=\(seed)", "--output",
        "out/\(seed)")
      let values = try output("predict", "out/\(seed)/model.safetensors", "--generate", "12").split(separator: "\r\n")
      alone.append(values.dropFirst().compactMap { Double($0.split(separator: ",")[1]) })
    }
    let band = try output(
      "predict", "out/0/model.safetensors", "--generate", "12", "--with", "out/1/model.safetensors",
      "out/2/model.safetensors", "--level", "1"
    ).split(separator: "\r\n").map { $0.split(separator: ",").map(String.init) }
    #expect(band[0] == ["name", "load", "load lower", "load upper"] && band.count == 13)
    for step in 0..<12 {
      let sorted = alone.map { $0[step] }.sorted()
      #expect(band[step + 1].dropFirst().compactMap(Double.init) == [sorted[1], sorted[0], sorted[2]])
    }
    for (words, part) in [
      (["--level", "1.5", "--generate", "5"], "--level is 1.5"),
      (["--generate", "5", "--with", "absent.safetensors"], "absent.safetensors"),
    ] {
      try expectError(["predict", "out/0/model.safetensors"] + words, says: part)
    }
  }

  /// Every kind of reservoir can be evaluated again: on its run's data with the run's scores.
  /// What overflows is a result, in the run and wherever its model is evaluated.
  @Test func divergedGenerationsAreInfinitelyWrong() throws {
    let run = try output(
      "run",
      "experiment=reservoirGeneration(units: 50, activation: relu, radius: 1.6, washout: 50, readout: pinv(lambda: 1e-2))",
      "data=sine(period: 60, train: 600, test: 6000)", "--output", "wild")
    #expect(run.contains("nrmse inf, nrmse_200 inf"))
    let scores = try output("evaluate", "wild/model.safetensors", "data=sine(period: 50, train: 600, test: 6000)")
    #expect(
      scores.split(separator: "\n").suffix(2).allSatisfy { $0.hasPrefix("nrmse") && $0.hasSuffix(" inf") }, "\(scores)")
  }

  @Test func evaluate() throws {
    for (experiment, data, metric) in [
      ("reservoirPrediction(units: 50, washout: 20)", "sine(period: 50, train: 300, test: 100)", "nrmse"),
      (
        "reservoirGeneration(units: 50, washout: 50, readout: ridge(lambda: 1e-6))",
        "sine(period: 50, train: 300, test: 100)", "nrmse_200"
      ),
      ("reservoirClassification(units: 30)", "syntheticVowels(train: 45, test: 27)", "errors"),
    ] {
      let run = try output("run", "experiment=\(experiment)", "data=\(data)", "dtype=float64", "--output", "out")
      #expect(run.contains("out/model.safetensors"))
      let evaluated = try output("evaluate", "out/model.safetensors")
      #expect(evaluated.hasPrefix("Model: reservoir"), "\(evaluated)")
      let lines = evaluated.split(separator: "\n").map { $0.split(separator: " ") }
      let value = try #require(lines.first { $0.first == Substring(metric) }?.last.flatMap { Double($0) })
      let said = try #require(run.firstMatch(of: try Regex<(Substring, Substring)>("\\b\(metric) ([0-9.e+-]+)"))?.1)
      // The run prints four digits.
      #expect(abs(value - (Double(said) ?? .nan)) <= 1e-3 * abs(value), "\(value), \(said)")
    }
    try NPY.write(HostArray([Double](repeating: 0.5, count: 2 * 9 * 12), shape: [2, 9, 12]), to: folder("new.npy"))
    let table = try output("predict", "out/model.safetensors", "new.npy").split(separator: "\r\n")
    #expect(table.count == 3 && table[0] == "name,class,0,1,2,3,4,5,6,7,8")
    try expectError(["evaluate", "out/model.safetensors", "metrics=[accuracy]"], says: "an experiment", "metrics")
    try expectError(["predict", "out/model.safetensors", "--generate", "3"], says: "classifies")
  }

  /// Where single precision gives something else without an error, the run says so.
  @Test(arguments: [
    ("reservoirGeneration(units: 30, washout: 50)", "float32", "'pinv' drops all directions"),
    ("reservoirGeneration(units: 30, washout: 50, readout: qr(lambda: 1e-6))", "float32", "several times those in"),
    ("reservoirGeneration(units: 30, washout: 50)", "float64", nil),
    ("reservoirPrediction(units: 30, washout: 50)", "float32", nil),
  ])
  func singlePrecisionIsWarnedOf(_ experiment: String, _ dtype: String, _ warning: String?) throws {
    let result = try TanrenProcess.run(
      ["run", "experiment=\(experiment)", "data=sine(period: 50, train: 300, test: 100)", "dtype=\(dtype)"],
      in: folder)
    #expect(result.status == 0)
    #expect(result.error.contains("Warning: in float32") == (warning != nil), "\(result.error)")
    if let warning { #expect(result.error.contains(warning), "\(result.error)") }
  }
}
