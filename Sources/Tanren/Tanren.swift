@_exported import PJRT
@_exported import Tensors
@_exported import Layers
@_exported import Optimizers
@_exported import Datasets
@_exported import Figures
@_exported import Training
@_exported import Studies
