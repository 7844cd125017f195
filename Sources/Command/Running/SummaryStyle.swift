import ArgumentParser
import Tanren

/// How a model is shown before it is trained.
enum SummaryStyle: String, CaseIterable, ExpressibleByArgument {
  /// A table like Keras'.
  case keras
  /// A line a layer: name, kind, units in and out.
  case compact
  case none

  func text(_ layers: LayerSummary, _ configuration: RunConfiguration) throws -> String {
    switch self {
    case .keras: layers.kerasText(name: configuration.model.name)
    case .compact: layers.compactText(loss: try configuration.method().loss)
    case .none: ""
    }
  }
}
