# The image of rayservice.yaml: Ray's own, which KubeRay's health checks need, with amgan and the models of weights/.
#   docker build --file deploy/ray.Dockerfile --tag registry.example.com/amgan-ray:0.1.0 .
FROM rayproject/ray:2.60.0-py312
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY requirements.txt /tmp/
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN grep '^torch>' /tmp/requirements.txt > /tmp/torch.txt \
    && pip install --no-cache-dir --index-url "$TORCH_INDEX" --extra-index-url https://pypi.org/simple -r /tmp/torch.txt \
    && pip install --no-cache-dir -r /tmp/requirements.txt \
        'psycopg[binary,pool]>=3.2,<4' 'throttled-py[redis]>=3.5,<4'
WORKDIR /app
COPY weights/ weights/
COPY LICENSE README.md requirements.txt ./
COPY amgan/ amgan/
ENV PYTHONPATH=/app
