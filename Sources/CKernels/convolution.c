#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "convolution_padding.h"
#include "convolution_plan.h"
#include "element.h"
#include "handlers.h"
#include "winograd.h"

// Convolution and its two gradients. Attributes: strides, low, high (edges) and dilation (the distance of
// neighbouring elements of the kernel), lists of an entry a spatial axis, groups, and winograd, whether products may
// be saved where that pays.
//
// The batch is split into parts, which XLA's threads share: OpenMP's would have to be woken for every operation, and
// those of XLA waited for. The kernel's gradient is the sum of those of the parts, in their order.

enum { LONGEST = 3 };
// Parts a thread, and bytes of kernels that all parts together may rearrange.
enum { PARTS = 8, KERNEL_BYTES = 1 << 20 };
// Elements of a kernel's gradients that are added up at a time.
enum { SUM_BLOCK = 4096 };

typedef TanrenConvolution Geometry;

// Whether the extents belong to a convolution of these attributes.
static bool fits(const Geometry *geometry) {
  int space = geometry->space;
  int64_t channels = geometry->kernel[space], features = geometry->kernel[space + 1];
  if (geometry->groups < 1 || features % geometry->groups != 0) return false;
  if (geometry->input[space + 1] != channels * geometry->groups || geometry->output[space + 1] != features ||
      geometry->input[0] != geometry->output[0]) {
    return false;
  }
  for (int axis = 0; axis < space; axis++) {
    if (geometry->kernel[axis] < 1 || geometry->strides[axis] < 1 || geometry->dilation[axis] < 1) return false;
    int64_t window = (geometry->kernel[axis] - 1) * geometry->dilation[axis] + 1;
    int64_t free = geometry->input[axis + 1] + geometry->low[axis] + geometry->high[axis] - window;
    if (free < 0 || free / geometry->strides[axis] + 1 != geometry->output[axis + 1]) return false;
  }
  return true;
}

// The parts of a batch: so many images each, the first `longer` parts one more.
typedef struct {
  const Geometry *geometry;
  int64_t count, images, longer;
  // Bytes of an image of the input and of the output.
  int64_t input, output;
  // Elements of a kernel.
  int64_t kernel;
  char *arrays[3];
  // Gradients of the kernel, one after the other.
  float *gradients;
  atomic_int status;
} Parts;

static void run_part(void *context, int64_t index) {
  Parts *parts = context;
  Geometry geometry = *parts->geometry;
  int64_t input[LONGEST + 2], output[LONGEST + 2];
  memcpy(input, geometry.input, (geometry.space + 2) * sizeof *input);
  memcpy(output, geometry.output, (geometry.space + 2) * sizeof *output);
  int64_t first = index * parts->images + (index < parts->longer ? index : parts->longer);
  input[0] = output[0] = parts->images + (index < parts->longer);
  geometry.input = input;
  geometry.output = output;
  void *arrays[] = {
    parts->arrays[0] + first * parts->input,
    parts->gradients == NULL ? parts->arrays[1] : (char *)(parts->gradients + index * parts->kernel),
    parts->arrays[2] + first * parts->output};
  int status = tanren_plan_run_alone(tanren_convolution_key(&geometry), tanren_convolution_make, &geometry, arrays);
  if (status != dnnl_success) atomic_store(&parts->status, status);
}

TANREN_FORMS(void, add, (float *restrict sum, const float *restrict term, int64_t count), (sum, term, count)) {
  for (int64_t i = 0; i < count; i++) sum[i] += term[i];
}

static void add_gradients(void *context, int64_t index) {
  const Parts *parts = context;
  int64_t start = index * SUM_BLOCK, rest = parts->kernel - start, count = rest < SUM_BLOCK ? rest : SUM_BLOCK;
  float *sum = parts->gradients + start;
  for (int64_t part = 1; part < parts->count; part++) add(sum, sum + part * parts->kernel, count);
  if (parts->geometry->type == dnnl_f32) {
    memcpy((float *)parts->arrays[1] + start, sum, count * sizeof *sum);
  } else {
    tanren_bf16 *result = (tanren_bf16 *)parts->arrays[1] + start;
    for (int64_t i = 0; i < count; i++) result[i] = tanren_store_bf16(sum[i]);
  }
}

// By Winograd's filtering, if that may be and pays. Returns whether that is so.
static bool filter(const XLA_FFI_CallFrame *frame, const Geometry *geometry, void *const *arrays, int *status) {
  const int64_t *input = geometry->input, *kernel = geometry->kernel, *output = geometry->output;
  if (geometry->space != 2 || geometry->type != dnnl_f32 || geometry->groups != 1) return false;
  for (int axis = 0; axis < 2; axis++) {
    if (kernel[axis] != 3 || geometry->strides[axis] != 1 || geometry->dilation[axis] != 1) return false;
  }
  TanrenFilter filter = {
    .batch = input[0], .height = input[1], .width = input[2], .rows = output[1], .columns = output[2],
    .channels = input[3], .features = output[3], .low = {geometry->low[0], geometry->low[1]}, .input = arrays[0],
    .kernel = arrays[1], .output = arrays[2]};
  if (!tanren_winograd_pays(&filter, tanren_thread_count(frame))) return false;
  *status = geometry->kind == FORWARD ? tanren_winograd(frame, &filter)
    : geometry->kind == INPUT_GRADIENT ? tanren_winograd_input_gradient(frame, &filter)
                                       : tanren_winograd_kernel_gradient(frame, &filter);
  return true;
}

// In parts where there are images enough for the threads, else as one, by OpenMP's threads.
static int run(const XLA_FFI_CallFrame *frame, Geometry *geometry, void *const *arrays) {
  int64_t threads = tanren_thread_count(frame), batch = geometry->input[0];
  int64_t element = geometry->type == dnnl_bf16 ? sizeof(tanren_bf16) : sizeof(float);
  Parts parts = {
    .geometry = geometry, .input = element, .output = element, .kernel = 1,
    .arrays = {arrays[0], arrays[1], arrays[2]}};
  for (int axis = 0; axis < geometry->space + 2; axis++) {
    if (axis > 0) parts.input *= geometry->input[axis];
    if (axis > 0) parts.output *= geometry->output[axis];
    parts.kernel *= geometry->kernel[axis];
  }
  int64_t rounds = KERNEL_BYTES / (int64_t)sizeof(float) / parts.kernel / threads;
  parts.count = threads == 1 ? 1 : threads * (rounds < 1 ? 1 : rounds > PARTS ? PARTS : rounds);
  if (parts.count > batch && batch >= threads) parts.count = batch;
  if (!tanren_plan_can_run_alone() || parts.count > batch) {
    TanrenKey key = tanren_convolution_key(geometry);
    return tanren_plan_run(&key, tanren_convolution_make, geometry, arrays);
  }
  parts.images = batch / parts.count;
  parts.longer = batch % parts.count;
  if (geometry->kind == KERNEL_GRADIENT && parts.count > 1) {
    parts.gradients = malloc(parts.count * parts.kernel * sizeof *parts.gradients);
    if (parts.gradients == NULL) return dnnl_out_of_memory;
    geometry->kernel_type = dnnl_f32;
  }
  tanren_parallel(frame, parts.count, run_part, &parts);
  int status = atomic_load(&parts.status);
  if (status == dnnl_success && parts.gradients != NULL) {
    tanren_parallel(frame, (parts.kernel + SUM_BLOCK - 1) / SUM_BLOCK, add_gradients, &parts);
  }
  free(parts.gradients);
  return status;
}

// As above, with the edges in the images where they have to be.
static int run_padded(const XLA_FFI_CallFrame *frame, Geometry *geometry, void *const *arrays) {
  if (!tanren_convolution_needs_padding(geometry)) return run(frame, geometry, arrays);
  TanrenPadded padded;
  if (!tanren_convolution_pad(geometry, arrays[0], &padded)) return dnnl_out_of_memory;
  int status = run(frame, &padded.convolution, (void *[]){padded.images, arrays[1], arrays[2]});
  free(padded.images);
  return status;
}

static XLA_FFI_Error *convolve(XLA_FFI_CallFrame *frame, TanrenConvolutionKind kind, const char *operation) {
  if (tanren_is_preparation(frame)) return NULL;
  if (!tanren_has(frame, 2, 1)) {
    return tanren_error(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "%s takes two arrays", operation);
  }
  const XLA_FFI_Buffer *result = tanren_result(frame, 0);
  const XLA_FFI_Buffer *arrays[3] = {tanren_argument(frame, 0), tanren_argument(frame, 1), result};
  if (kind == INPUT_GRADIENT) {
    arrays[2] = arrays[0];
    arrays[0] = result;
  } else if (kind == KERNEL_GRADIENT) {
    arrays[2] = arrays[1];
    arrays[1] = result;
  }
  int64_t rank = arrays[0]->rank;
  Geometry geometry = {.kind = kind, .space = (int)rank - 2};
  geometry.type = geometry.kernel_type = tanren_dnnl_type(arrays[0]->dtype);
  bool is_sound = rank >= 3 && rank <= LONGEST + 2 && geometry.type != 0;
  for (int i = 1; i < 3; i++) is_sound = is_sound && arrays[i]->rank == rank && arrays[i]->dtype == arrays[0]->dtype;
  if (!is_sound) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "%s takes float32 or bfloat16 arrays of one rank, 3 to 5",
      operation);
  }
  int64_t may_filter;
  geometry.input = arrays[0]->dims;
  geometry.kernel = arrays[1]->dims;
  geometry.output = arrays[2]->dims;
  geometry.strides = tanren_integers(frame, "strides", rank - 2);
  geometry.low = tanren_integers(frame, "low", rank - 2);
  geometry.high = tanren_integers(frame, "high", rank - 2);
  geometry.dilation = tanren_integers(frame, "dilation", rank - 2);
  if (geometry.strides == NULL || geometry.low == NULL || geometry.high == NULL || geometry.dilation == NULL ||
      !tanren_integer(frame, "groups", &geometry.groups) || !tanren_integer(frame, "winograd", &may_filter) ||
      !fits(&geometry)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "%s: the arrays' extents don't fit its attributes", operation);
  }
  if (tanren_plan_sums_nothing(frame)) return NULL;
  TanrenKey key = tanren_convolution_key(&geometry);
  XLA_FFI_Error *error = tanren_plan_check(frame, operation, &key);
  if (error != NULL) return error;
  void *data[] = {arrays[0]->data, arrays[1]->data, arrays[2]->data};
  int status;
  if (may_filter == 0 || !filter(frame, &geometry, data, &status)) status = run_padded(frame, &geometry, data);
  return tanren_plan_error(frame, operation, status);
}

XLA_FFI_Error *tanren_convolution(XLA_FFI_CallFrame *frame) { return convolve(frame, FORWARD, "convolution"); }

XLA_FFI_Error *tanren_convolution_input_gradient(XLA_FFI_CallFrame *frame) {
  return convolve(frame, INPUT_GRADIENT, "a convolution's input gradient");
}

XLA_FFI_Error *tanren_convolution_kernel_gradient(XLA_FFI_CallFrame *frame) {
  return convolve(frame, KERNEL_GRADIENT, "a convolution's kernel gradient");
}
