import Figures

/// Curves over epochs, one line per arm: the mean of the seeds, and their range as a band.
public struct ResultCurves {
  public let title: String
  public let results: [ArmResult]

  public init(_ title: String, _ results: [ArmResult]) {
    self.title = title
    self.results = results
  }

  /// Accuracy and loss, on training data and test set.
  public func grid() -> ChartGrid {
    ChartGrid(
      title,
      panels: [
        chart("test accuracy", "val_accuracy", .percent), chart("test loss", "val_loss", .automatic),
        chart("training accuracy", "accuracy", .percent), chart("training loss", "loss", .automatic),
      ], columns: 2)
  }

  private func chart(_ title: String, _ metric: String, _ format: TickFormat) -> Chart {
    let lines = results.map { result in
      var values: [Int: [Double]] = [:]
      for run in result.runs {
        for (epoch, value) in run.history.values(metric) where epoch > 0 { values[epoch, default: []].append(value) }
      }
      let epochs = values.keys.sorted()
      let points = epochs.map { epoch in
        let all = values[epoch] ?? []
        return DataPoint(x: Double(epoch), y: all.reduce(0, +) / Double(all.count))
      }
      let band = epochs.map { epoch in
        let all = values[epoch] ?? []
        return ErrorInterval(all.min() ?? .nan, all.max() ?? .nan)
      }
      return LineSeries(result.arm.name, points: points, band: result.runs.count > 1 ? band : [])
    }
    return Chart(title, x: ChartAxis("epoch"), y: ChartAxis("", format: format), lines: lines)
  }
}
