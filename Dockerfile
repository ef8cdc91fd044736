# The page and HTTP with the models of weights/, on port 7860: docs/scale.md says how it is run.
#   docker build -t amgan .
#   docker build -t amgan --build-arg TORCH_INDEX=https://pypi.org/simple .    # with CUDA
FROM python:3.12-slim AS packages
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY requirements.txt /tmp/
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# torch first, from the index that has it for the hardware; what is installed already is not fetched again.
RUN python -m venv /venv \
    && grep '^torch>' /tmp/requirements.txt > /tmp/torch.txt \
    && /venv/bin/pip install --no-cache-dir --index-url "$TORCH_INDEX" --extra-index-url https://pypi.org/simple \
        -r /tmp/torch.txt \
    && /venv/bin/pip install --no-cache-dir -r /tmp/requirements.txt \
        'psycopg[binary,pool]>=3.2,<4' 'throttled-py[redis]>=3.5,<4'

FROM python:3.12-slim
RUN useradd --uid 1000 --create-home amgan && install --directory --owner amgan /data
COPY --from=packages /venv /venv
WORKDIR /app
# The weights before the code, which changes more often.
COPY weights/ weights/
COPY app.py LICENSE README.md requirements.txt ./
COPY amgan/ amgan/
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    XDG_DATA_HOME=/data XDG_CACHE_HOME=/data/cache HF_HOME=/data/hub MPLCONFIGDIR=/tmp/matplotlib
USER 1000
VOLUME /data
EXPOSE 7860
# 503 until a model answers, which is an error here.
HEALTHCHECK --interval=30s --timeout=5s --start-period=2m \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "amgan"]
CMD ["serve", "--host", "0.0.0.0"]
