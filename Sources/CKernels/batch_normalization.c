#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "batch_pass.h"
#include "handlers.h"

// Batch normalization of [..., channels], with relu fused, and its gradient. Attributes: epsilon (f64) and relu
// (i64). Arrays of channels are float32. Blocks' moments are put together as Chan, Golub and LeVeque (1983) do.

// Whether `count` arguments or results from `first` on are float32 arrays of the channels.
static bool are_channels(const XLA_FFI_Buffer *array, int64_t channels) {
  return array->dtype == XLA_FFI_DataType_F32 && array->rank == 1 && array->dims[0] == channels;
}

// What both directions have in common: sizes, attributes and working memory, which the caller frees.
static XLA_FFI_Error *begin(const XLA_FFI_CallFrame *frame, TanrenBatchPass *pass, double *epsilon, bool has_shifts) {
  const XLA_FFI_Buffer *x = tanren_argument(frame, 0);
  int64_t is_rectified;
  if ((x->dtype != XLA_FFI_DataType_F32 && x->dtype != XLA_FFI_DataType_BF16) || x->rank < 2 ||
      !tanren_double(frame, "epsilon", epsilon) || !tanren_integer(frame, "relu", &is_rectified)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT,
      "batch normalization takes float32 or bfloat16 arrays [..., channels], epsilon and relu");
  }
  pass->is_bf16 = x->dtype == XLA_FFI_DataType_BF16;
  pass->is_rectified = is_rectified != 0;
  pass->channels = x->dims[x->rank - 1];
  if (tanren_element_count(x) == 0) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "batch normalization takes arrays with elements");
  }
  pass->rows = tanren_element_count(x) / pass->channels;
  pass->x = x->data;
  if (!tanren_batch_pass_begin(pass, has_shifts)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "batch normalization: there isn't enough memory");
  }
  return NULL;
}

// Arguments: x, scale, offset. Results: output, mean, biased variance.
XLA_FFI_Error *tanren_batch_normalization(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  TanrenBatchPass pass = {0};
  double epsilon;
  if (!tanren_has(frame, 3, 3)) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "batch normalization takes three arrays");
  }
  XLA_FFI_Error *error = begin(frame, &pass, &epsilon, true);
  if (error != NULL) return error;
  int64_t channels = pass.channels;
  if (!are_channels(tanren_argument(frame, 1), channels) || !are_channels(tanren_argument(frame, 2), channels) ||
      !are_channels(tanren_result(frame, 1), channels) || !are_channels(tanren_result(frame, 2), channels) ||
      !tanren_has_type_of(tanren_result(frame, 0), tanren_argument(frame, 0))) {
    free(pass.sums);
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "batch normalization: the arrays' types or extents don't fit");
  }
  const float *scale = tanren_argument(frame, 1)->data;
  float *mean = tanren_result(frame, 1)->data, *variance = tanren_result(frame, 2)->data;
  float *factor = tanren_batch_pass_factors(&pass);
  tanren_parallel(frame, pass.blocks, tanren_moments_of_block, &pass);
  for (int64_t c = 0; c < channels; c++) {
    double rows = 0, center = 0, squares = 0;
    for (int64_t block = 0; block < pass.blocks; block++) {
      double count = (double)(tanren_batch_block_end(&pass, block) - block * pass.block_rows);
      double sum = pass.sums[2 * channels * block + c];
      double block_mean = pass.shifts[channels * block + c] + sum / count;
      double distance = block_mean - center;
      squares += pass.sums[(2 * block + 1) * channels + c] - sum * sum / count;
      squares += distance * distance * rows * count / (rows + count);
      center += distance * count / (rows + count);
      rows += count;
    }
    // Rounding may leave a little less than nothing.
    squares = squares < 0 ? 0 : squares;
    mean[c] = (float)center;
    variance[c] = (float)(squares / rows);
    factor[c] = (float)(scale[c] / sqrt(squares / rows + epsilon));
  }
  pass.result = tanren_result(frame, 0)->data;
  pass.mean = mean;
  pass.factor = factor;
  pass.offset = tanren_argument(frame, 2)->data;
  tanren_parallel(frame, pass.blocks, tanren_normalize_block, &pass);
  free(pass.sums);
  return NULL;
}

// Arguments: x, scale, offset, mean, variance, and the cotangents of output, mean and variance. Results: the
// cotangents of x, scale and offset.
XLA_FFI_Error *tanren_batch_normalization_gradient(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  TanrenBatchPass pass = {0};
  double epsilon;
  if (!tanren_has(frame, 8, 3)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "the gradient of batch normalization takes eight arrays");
  }
  XLA_FFI_Error *error = begin(frame, &pass, &epsilon, false);
  if (error != NULL) return error;
  int64_t channels = pass.channels;
  bool is_sound = tanren_has_type_of(tanren_argument(frame, 5), tanren_argument(frame, 0)) &&
    tanren_has_type_of(tanren_result(frame, 0), tanren_argument(frame, 0));
  for (int i = 1; i < 8; i++) is_sound = is_sound && (i == 5 || are_channels(tanren_argument(frame, i), channels));
  for (int i = 1; i < 3; i++) is_sound = is_sound && are_channels(tanren_result(frame, i), channels);
  if (!is_sound) {
    free(pass.sums);
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT,
      "the gradient of batch normalization: the arrays' types or extents don't fit");
  }
  const float *scale = tanren_argument(frame, 1)->data, *variance = tanren_argument(frame, 4)->data;
  const float *to_mean = tanren_argument(frame, 6)->data, *to_variance = tanren_argument(frame, 7)->data;
  float *to_scale = tanren_result(frame, 1)->data, *to_offset = tanren_result(frame, 2)->data;
  float *factor = tanren_batch_pass_factors(&pass), *slope = factor + channels, *constant = slope + channels;
  for (int64_t c = 0; c < channels; c++) factor[c] = (float)(scale[c] / sqrt(variance[c] + epsilon));
  pass.cotangent = tanren_argument(frame, 5)->data;
  pass.mean = tanren_argument(frame, 3)->data;
  pass.offset = tanren_argument(frame, 2)->data;
  pass.factor = factor;
  tanren_parallel(frame, pass.blocks, tanren_cotangents_of_block, &pass);
  double rows = (double)pass.rows;
  for (int64_t c = 0; c < channels; c++) {
    double sum = 0, products = 0, inverse = 1 / sqrt(variance[c] + epsilon);
    for (int64_t block = 0; block < pass.blocks; block++) {
      sum += pass.sums[2 * channels * block + c];
      products += pass.sums[(2 * block + 1) * channels + c];
    }
    to_scale[c] = (float)(products * inverse);
    to_offset[c] = (float)sum;
    // What mean and variance depend on of x.
    slope[c] = (float)((2 * to_variance[c] - scale[c] * inverse * inverse * inverse * products) / rows);
    constant[c] = (float)((to_mean[c] - scale[c] * inverse * sum) / rows);
  }
  pass.slope = slope;
  pass.constant = constant;
  pass.result = tanren_result(frame, 0)->data;
  tanren_parallel(frame, pass.blocks, tanren_pull_back_block, &pass);
  free(pass.sums);
  return NULL;
}
