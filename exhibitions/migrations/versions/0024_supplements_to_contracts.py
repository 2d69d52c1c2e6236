"""supplements to contracts"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table('supplements',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('expo_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('contract_order_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('total_before', sa.BigInteger(), nullable=False),
    sa.Column('total_after', sa.BigInteger(), nullable=False),
    sa.Column('fee', sa.BigInteger(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('void_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stamped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stamped_by', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('stamped_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['contract_order_id'], ['orders.id'], name=op.f('fk_supplements_contract_order_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['expo_id'], ['expos.id'], name=op.f('fk_supplements_expo_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_supplements_order_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['stamped_by'], ['users.id'], name=op.f('fk_supplements_stamped_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['stamped_id'], ['files.id'], name=op.f('fk_supplements_stamped_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supplements')),
    sa.UniqueConstraint('expo_id', 'number', name=op.f('uq_supplements_expo_id_number'))
    )
    with op.batch_alter_table('supplements', schema=None) as batch_op:
        batch_op.create_index('ix_supplements_contract_order_id', ['contract_order_id'], unique=False)
        batch_op.create_index('ix_supplements_order_id', ['order_id'], unique=False)


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    with op.batch_alter_table('supplements', schema=None) as batch_op:
        batch_op.drop_index('ix_supplements_order_id')
        batch_op.drop_index('ix_supplements_contract_order_id')

    op.drop_table('supplements')
