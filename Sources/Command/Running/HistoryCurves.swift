import Tanren

/// A run's metrics over its epochs, a panel each, with training and validation data in it.
struct HistoryCurves {
  private let history: History
  private let title: String

  init(_ history: History, title: String) {
    (self.history, self.title) = (history, title)
  }

  func grid() -> ChartGrid {
    var names: [String] = []
    for record in history.epochs {
      for name in record.metrics.keys {
        let plain = Self.plain(name)
        if !names.contains(plain) { names.append(plain) }
      }
    }
    return ChartGrid(title, panels: names.map(chart), columns: min(2, max(1, names.count)))
  }

  private static func plain(_ name: String) -> String { name.hasPrefix("val_") ? String(name.dropFirst(4)) : name }

  private func chart(_ name: String) -> Chart {
    let lines = [("training", name), ("validation", "val_" + name)].compactMap { label, metric -> LineSeries? in
      let points = history.values(metric).map { DataPoint(x: Double($0.epoch), y: $0.value) }
      return points.isEmpty ? nil : LineSeries(label, points: points)
    }
    let isFraction = name.lowercased().contains("accuracy")
    return Chart(
      name, x: ChartAxis("epoch"), y: ChartAxis("", format: isFraction ? .percent : .automatic), lines: lines)
  }
}
